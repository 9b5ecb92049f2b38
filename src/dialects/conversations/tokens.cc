#include "dialects/conversations/tokens.h"

#include "api/realtime_tokens.h"
#include "core/permissions.h"
#include "dialects/conversations/wire.h"

namespace parlance::conversations {

Task<Result<http::Response>> get_connection_token(Dialect&, Call& call) {
  auto issued = api::issue_connection_token(call.identity);
  ConnectionToken const reply{std::move(issued.token), format_rfc3339(issued.expires_at)};
  co_return http::Response::json(200, http::encode_json(reply));
}

Task<Result<http::Response>> get_subscribe_token(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<ConversationRef>(call));
  auto const id = CO_TRY(conversation_id_of(body.conversationId));
  CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) {
    return core::require(tx, call.caller(), id, core::Action::see);
  }));
  auto channel = api::chat_channel(id);
  auto issued = api::issue_subscription_token(call.identity, channel);
  SubscriptionToken const reply{std::move(issued.token), std::move(channel), format_rfc3339(issued.expires_at)};
  co_return http::Response::json(200, http::encode_json(reply));
}

}  // namespace parlance::conversations
