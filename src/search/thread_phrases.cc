#include "search/thread_phrases.h"

#include <fmt/format.h>

#include "base/text.h"
#include "search/fts5_query.h"
#include "search/postgres_query.h"

namespace parlance::search {

namespace {

bool is_sqlite(storage::Transaction const& index) { return index.engine() == storage::Engine::sqlite; }

/// Of "t<tenant> c<conversation>".
ConversationId conversation_of(std::string_view scope) {
  auto const at = scope.find('c');
  return {at == std::string_view::npos ? 0 : parse_integer(scope.substr(at + 1)).value_or(0)};
}

std::string fts5_phrase(Term const& phrase) {
  return fmt::format("\"{}\"{}", fmt::join(phrase.tokens, " "), phrase.is_prefix ? " *" : "");
}

void see_scope(storage::Row const& row, SeePhrase const& see) {
  if (auto const conversation = conversation_of(row.text(0))) see(conversation, 1);
}

}  // namespace

Result<void> each_chat_phrase(storage::Transaction& index, TenantId tenant, Term const& phrase,
                              std::span<ConversationId const> within, std::int64_t most, SeePhrase const& see) {
  if (is_sqlite(index)) {
    auto const scope = within.empty() ? fts5_scope(tenant) : fts5_scope(within);
    return index.each("SELECT scope FROM words WHERE words MATCH $1 ORDER BY rowid DESC LIMIT $2",
                      {fts5_query({{phrase}, {}}, scope), most}, [&](storage::Row const& row) { see_scope(row, see); });
  }
  return index.each(
      "SELECT c, COUNT(*) FROM (SELECT conversation_id AS c FROM message_words WHERE tenant_id = $1"
      " AND words @@ CAST($2 AS tsquery) ORDER BY message_id DESC LIMIT $3) AS found GROUP BY c",
      {tenant, tsquery_of({{phrase}, {}}, within), most},
      [&](storage::Row const& row) { see(row.id<ConversationId>(0), static_cast<std::uint32_t>(row.integer(1))); });
}

Result<void> each_whole_chat(storage::Transaction& index, TenantId tenant, std::vector<std::string> const& tokens,
                             std::int64_t most, SeePhrase const& see) {
  Term const phrase{tokens, false};
  if (is_sqlite(index)) {
    return index.each(
        "SELECT scope FROM words WHERE words MATCH $1 AND body = $2 ORDER BY rowid DESC LIMIT $3",
        {fts5_query({{phrase}, {}}, fts5_scope(tenant)), fmt::format("{} ", fmt::join(tokens, " ")), most},
        [&](storage::Row const& row) { see_scope(row, see); });
  }
  std::string vector;
  for (std::size_t i = 0; i < tokens.size(); ++i) vector += fmt::format(" '{}':{}", tokens[i], i + 1);
  return index.each(
      "SELECT conversation_id FROM message_words WHERE tenant_id = $1 AND words @@ CAST($2 AS tsquery)"
      " AND words = CAST('''#c' || conversation_id || '''' || $3 AS tsvector) ORDER BY message_id DESC LIMIT $4",
      {tenant, tsquery_of({{phrase}, {}}, {}), vector, most},
      [&](storage::Row const& row) { see(row.id<ConversationId>(0), 1); });
}

Result<void> each_told_phrase(storage::Transaction& index, TenantId tenant, Term const& phrase, TextField field,
                              SeePhrase const& see) {
  auto const visit = [&](storage::Row const& row) { see(row.id<ConversationId>(0), 1); };
  if (is_sqlite(index)) {
    auto const* const column =
        field == TextField::subject ? "subject" : (field == TextField::summary ? "summary" : "tags");
    auto const query = fmt::format("{} AND {} : {}", fts5_scope(tenant), column, fts5_phrase(phrase));
    return index.each("SELECT rowid FROM thread_texts WHERE thread_texts MATCH $1", {query}, visit);
  }
  char const weight = field == TextField::subject ? 'A' : (field == TextField::summary ? 'B' : 'C');
  return index.each(
      "SELECT conversation_id FROM thread_documents WHERE tenant_id = $1 AND words @@ CAST($2 AS tsquery)",
      {tenant, tsquery_of(phrase, weight)}, visit);
}

}  // namespace parlance::search
