#include "search/typesense/words.h"

#include "base/text.h"

namespace parlance::search::typesense {

Words parse_words(std::string_view q, LastWord last_word) {
  Words words{.terms = parse_query(q, last_word)};
  auto const text = trim(q);
  bool const is_star = text == "*" || text.starts_with("* ");
  words.matches_all = words.terms.empty() && (text.empty() || is_star || !words.terms.excluded.empty());
  return words;
}

}  // namespace parlance::search::typesense
