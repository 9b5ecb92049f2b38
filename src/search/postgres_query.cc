#include "search/postgres_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "search/thread_lists.h"

namespace parlance::search {

namespace {

constexpr std::size_t kLastPlace = 16'383;

std::string tsquery_of(Term const& term) {
  return fmt::format("('{}'{})", fmt::join(term.tokens, "' <-> '"), term.is_prefix ? ":*" : "");
}

std::string scope_lexeme(ConversationId conversation) { return fmt::format("'#c{}'", conversation.value); }

}  // namespace

std::string tsvector_of(std::vector<Token> const& tokens, ConversationId conversation) {
  auto result = scope_lexeme(conversation);
  for (std::size_t i = 0; i < tokens.size(); ++i)
    result += fmt::format(" '{}':{}", tokens[i].text, std::min(i + 1, kLastPlace));
  return result;
}

std::string tsvector_of(std::string_view subject, std::string_view summary, std::string_view tags) {
  std::string result;
  std::size_t place = 0;
  auto const add = [&](std::string_view text, char weight) {
    each_piece(text, ' ', [&](std::string_view token) {
      result += fmt::format(" '{}':{}{}", token, std::min(++place, kLastPlace), weight);
    });
    ++place;
  };
  add(subject, 'A');
  add(summary, 'B');
  add(tags, 'C');
  return result;
}

std::string tsquery_of(Term const& term, char weight) {
  std::string result;
  for (auto const& token : term.tokens) {
    bool const goes_on = term.is_prefix && &token == &term.tokens.back();
    result += fmt::format("{}'{}':{}{}", result.empty() ? "" : " <-> ", token, weight, goes_on ? "*" : "");
  }
  return result;
}

std::string tsquery_of(Terms const& terms, std::span<ConversationId const> conversations) {
  std::string result;
  for (auto const& conversation : conversations) {
    result += result.empty() ? "(" : " | ";
    result += scope_lexeme(conversation);
  }
  if (!result.empty()) result += ")";
  for (auto const& term : terms.required) {
    if (!result.empty()) result += " & ";
    result += tsquery_of(term);
  }
  for (auto const& term : terms.excluded) result += " & !" + tsquery_of(term);
  return result;
}

}  // namespace parlance::search
