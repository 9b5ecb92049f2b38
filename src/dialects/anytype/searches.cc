#include "dialects/anytype/searches.h"

#include <algorithm>

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/message_log.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/viewer.h"
#include "dialects/anytype/wire.h"
#include "search/index.h"

namespace parlance::anytype {
namespace {

struct Found {
  std::vector<search::Hit> hits;
  std::vector<model::Message> messages;  ///< of the hits, in their order
  std::vector<MessageFlags> flags;
};

void write_result(JsonWriter& out, search::Hit const& hit, model::Message const& message, MessageFlags flags) {
  out.begin_object().field("chat_id", api::spell_cid(api::CidType::conversation, hit.conversation.value));
  out.field("message_id", api::spell_cid(api::CidType::message, hit.message.value));
  out.field("score", hit.score).field("highlight", hit.highlight.text);
  if (!hit.highlight.spans.empty()) {
    out.key("highlight_ranges").begin_array();
    for (auto const& span : hit.highlight.spans) {
      out.begin_object().field("from", static_cast<std::int64_t>(span.from));
      out.field("to", static_cast<std::int64_t>(span.to)).end_object();
    }
    out.end_array();
  }
  write_message(out.key("message"), message, flags);
  out.end_object();
}

Result<Found> complete(storage::Transaction& tx, core::Caller const& caller, core::Encounter const& encounter,
                       std::vector<search::Hit> hits) {
  std::vector<MessageId> ids;
  for (auto const& hit : hits) ids.push_back(hit.message);
  auto messages = TRY(core::find_messages(tx, caller.tenant, ids));
  Found found;
  for (auto& hit : hits) {
    auto const message = std::ranges::find(messages, hit.message, &model::Message::id);
    if (message == messages.end() || core::is_before_join(encounter, message->seq)) continue;
    found.messages.push_back(*message);
    found.hits.push_back(std::move(hit));
  }
  found.flags = TRY(read_flags(tx, caller, encounter.conversation.id, read_set_of(encounter), found.messages));
  return found;
}

}  // namespace

Task<Result<http::Response>> search_messages(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const page = CO_TRY(page_of(request));
  auto const body = CO_TRY(read_body<ChatSearchRequest>(request));
  if (body.query.empty()) co_return invalid("query", "query must not be empty");
  auto const& caller = api::caller_of(request);
  auto const found =
      CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) -> Result<Found> {
        auto const encounter = TRY(meet_chat(tx, caller, path));
        search::Query query;
        query.tenant = caller.tenant;
        query.terms = search::parse_query(body.query);
        query.conversations = {path.chat};
        query.order = search::Order::ranked;
        query.limit = static_cast<std::size_t>(page.limit);
        query.offset = static_cast<std::size_t>(page.offset);
        return complete(tx, caller, encounter, TRY(services.index.search(tx, query)).hits);
      }));
  JsonWriter out;
  out.begin_object().key("results").begin_array();
  for (std::size_t i = 0; i < found.hits.size(); ++i) {
    write_result(out, found.hits[i], found.messages[i], found.flags[i]);
  }
  co_return http::Response::json(200, out.end_array().end_object().take());
}

}  // namespace parlance::anytype
