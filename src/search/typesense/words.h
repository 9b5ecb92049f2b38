#pragma once

#include <string_view>

#include "search/query.h"

namespace parlance::search::typesense {

/// What `q` asks for.
struct Words {
  bool matches_all = false;  ///< every thread, less those that `terms` excludes
  Terms terms;
};

/// Reads `q` as parse_query() does. `*`, nothing at all, and words that only exclude match every thread; text without a
/// word in it ("?!") matches none.
Words parse_words(std::string_view q, LastWord last_word);

}  // namespace parlance::search::typesense
