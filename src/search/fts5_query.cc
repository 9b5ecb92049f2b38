#include "search/fts5_query.h"

#include <fmt/format.h>

namespace parlance::search {

namespace {

std::string join_terms(std::vector<Term> const& terms, std::string_view with) {
  std::string result;
  for (auto const& term : terms) {
    if (!result.empty()) result += with;
    // FTS5 makes a phrase of several tokens within one string.
    result += fmt::format("\"{}\"{}", fmt::join(term.tokens, " "), term.is_prefix ? " *" : "");
  }
  return result;
}

}  // namespace

std::string fts5_scope(std::span<ConversationId const> conversations) {
  std::string result = "scope : (";
  for (auto const& conversation : conversations) {
    if (&conversation != conversations.data()) result += " OR ";
    result += fmt::format("\"c{}\"", conversation.value);
  }
  return result + ")";
}

std::string fts5_scope(TenantId tenant) { return fmt::format("scope : \"t{}\"", tenant.value); }

std::string fts5_query(Terms const& terms, std::string_view scope) {
  auto const required = join_terms(terms.required, " AND ");
  if (terms.excluded.empty()) return fmt::format("{} AND body : ({})", scope, required);
  return fmt::format("{} AND body : (({}) NOT ({}))", scope, required, join_terms(terms.excluded, " OR "));
}

}  // namespace parlance::search
