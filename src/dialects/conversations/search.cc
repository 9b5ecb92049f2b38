#include "dialects/conversations/search.h"

#include <unordered_map>

#include "api/chat_wire.h"
#include "core/conversation_views.h"
#include "core/message_log.h"
#include "core/permissions.h"
#include "dialects/conversations/lists.h"
#include "search/index.h"
#include "search/query.h"

namespace parlance::conversations {
namespace {

constexpr char kList = 's';

/// Which conversations, and the seq up to which each is hidden.
using Scope = std::unordered_map<ConversationId, std::int64_t>;

Result<Scope> scope_of(storage::Transaction& tx, core::Caller const& caller, std::optional<ConversationId> one) {
  Scope scope;
  if (one) {
    auto const encounter = TRY(core::require(tx, caller, *one, core::Action::see));
    scope.emplace(*one, core::hidden_through(encounter));
    return scope;
  }
  for (auto const& searchable : TRY(core::list_searchable(tx, caller))) {
    scope.emplace(searchable.id, searchable.hidden_through);
  }
  return scope;
}

struct Found {
  std::vector<model::Message> messages;
  bool has_more = false;
};

Result<Found> in_order(storage::Transaction& tx, TenantId tenant, std::vector<MessageId> ids, std::int64_t limit) {
  Found found;
  found.has_more = static_cast<std::int64_t>(ids.size()) > limit;
  if (found.has_more) ids.pop_back();
  std::unordered_map<MessageId, model::Message> by_id;
  for (auto& message : TRY(core::find_messages(tx, tenant, ids))) {
    auto const id = message.id;
    by_id.emplace(id, std::move(message));
  }
  for (auto const id : ids) {
    if (auto const message = by_id.find(id); message != by_id.end())
      found.messages.push_back(std::move(message->second));
  }
  return found;
}

/// What lies before the caller's joining is no hit, so it may take several looks to fill a page.
Result<Found> find(storage::Transaction& tx, search::MessageIndex& index, core::Caller const& caller,
                   std::optional<ConversationId> one, search::Terms const& terms, Asked const& asked) {
  auto const scope = TRY(scope_of(tx, caller, one));
  search::Query query{.tenant = caller.tenant, .terms = terms};
  for (auto const& [id, hidden_through] : scope) query.conversations.push_back(id);
  query.limit = static_cast<std::size_t>(asked.limit + 1);
  if (asked.cursor) query.before = MessageId{asked.cursor->first};
  std::vector<MessageId> ids;
  while (ids.size() < query.limit) {
    auto const hits = TRY(index.search(tx, query));
    for (auto const& hit : hits.hits) {
      if (ids.size() < query.limit && hit.seq > scope.at(hit.conversation)) ids.push_back(hit.message);
    }
    if (!hits.has_more) break;
    query.before = hits.hits.back().message;
  }
  return in_order(tx, caller.tenant, std::move(ids), asked.limit);
}

}  // namespace

Task<Result<http::Response>> search_messages(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<SearchQuery>(call));
  auto const asked = CO_TRY(asked_by(body, kList));
  std::optional<ConversationId> one;
  if (body.conversationId) one = CO_TRY(conversation_id_of(*body.conversationId));
  if (body.query.empty()) co_return invalid("query", "query must not be empty");
  if (body.query.size() > search::kMaxQueryBytes) co_return invalid("query", "query is too long");
  auto const terms = search::parse_query(body.query);
  auto const found = CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) {
    return find(tx, dialect.services.index, call.caller(), one, terms, asked);
  }));
  JsonWriter out;
  begin_list(out);
  for (auto const& message : found.messages) api::write_chat_message(out, message);
  bool const goes_on = found.has_more && !found.messages.empty();
  auto const next = goes_on ? encode_cursor({.list = kList, .first = found.messages.back().id.value}) : std::string();
  end_list(out, next, {});
  co_return http::Response::json(200, out.take());
}

}  // namespace parlance::conversations
