#include "search/postgres_query.h"

#include <fmt/format.h>

#include <algorithm>

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

std::string array_of(std::span<std::int64_t const> numbers) { return fmt::format("{{{}}}", fmt::join(numbers, ",")); }

std::string array_of(std::span<std::string const> vectors) {
  return vectors.empty() ? "{}" : fmt::format("{{\"{}\"}}", fmt::join(vectors, "\",\""));
}

}  // namespace parlance::search
