#include "dialects/conversations/messages.h"

#include <fmt/format.h>

#include "api/rate_limit.h"
#include "api/spelling.h"
#include "core/limits.h"
#include "core/messages.h"
#include "core/permissions.h"
#include "core/pins.h"
#include "core/reactions.h"
#include "dialects/conversations/mentions.h"
#include "dialects/conversations/wire.h"
#include "realtime/broker.h"

namespace parlance::conversations {
namespace {

/// Refused before it queues for a write.
Result<void> check_content(std::string_view content, bool may_be_empty) {
  if (content.empty() && !may_be_empty) return invalid("content", "content must not be empty");
  if (content.size() > core::kMaxTextBytes) {
    return invalid("content", fmt::format("content is longer than {} bytes", core::kMaxTextBytes));
  }
  return {};
}

Result<std::vector<model::Attachment>> attachments_of(std::vector<std::string> const& ids) {
  std::vector<model::Attachment> attachments;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto const file = TRY(file_id_of(ids[i], fmt::format("attachmentIds[{}]", i)));
    attachments.push_back({.file = file, .target = ids[i]});
  }
  return attachments;
}

Task<Result<http::Response>> react(Dialect& dialect, Call& call, core::ReactionChange change) {
  auto const id = CO_TRY(message_in_path(call));
  auto const body = CO_TRY(read_body<EmojiRef>(call));
  auto const conversation = CO_TRY(co_await conversation_of_message(dialect, call, id));
  auto const verb = [&](storage::Transaction& tx) {
    return core::change_reaction(tx, call.caller(), conversation, id, body.emoji, change);
  };
  co_return co_await write(dialect, call, conversation.value, verb,
                           [](core::ReactionOutcome const& outcome) { return message_reply(outcome.message); });
}

Task<Result<http::Response>> change_pin(Dialect& dialect, Call& call, core::PinChange change) {
  auto const id = CO_TRY(message_in_path(call));
  auto const conversation = CO_TRY(co_await conversation_of_message(dialect, call, id));
  auto const verb = [&](storage::Transaction& tx) {
    return core::change_pin(tx, call.caller(), conversation, id, change);
  };
  co_return co_await write(dialect, call, conversation.value, verb, message_reply);
}

}  // namespace

Task<Result<http::Response>> send_message(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<NewMessage>(call));
  core::NewMessage input;
  input.conversation = CO_TRY(conversation_id_of(body.conversationId));
  input.text = body.content.value_or("");
  input.attachments = CO_TRY(attachments_of(body.attachmentIds.value_or(std::vector<std::string>{})));
  CO_TRY(check_content(input.text, !input.attachments.empty()));
  if (body.replyToId) input.reply_to = CO_TRY(message_id_of(*body.replyToId, "replyToId"));
  if (body.clientMsgId && body.clientMsgId->empty()) co_return invalid("clientMsgId", "clientMsgId must not be empty");
  input.client_id = body.clientMsgId.value_or("");
  auto const& caller = call.caller();
  auto const verb = [&](storage::Transaction& tx) -> Result<core::SentMessage> {
    auto filled = input;
    filled.mentions = TRY(resolve_mentions(tx, caller.tenant, input.text, body.mentions));
    return core::send_message(tx, caller, filled);
  };
  co_return co_await write(dialect, call, input.conversation.value, verb,
                           [](core::SentMessage const& sent) { return message_reply(sent.message); });
}

Task<Result<http::Response>> edit_message(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(message_in_path(call));
  auto const body = CO_TRY(read_body<MessageChange>(call));
  core::MessageEdit edit;
  if (body.attachmentIds) edit.attachments = CO_TRY(attachments_of(*body.attachmentIds));
  if (!body.content && !edit.attachments) co_return invalid("content", "content is required");
  // Whether it may be empty depends on the attachments that are there; core/ knows.
  if (body.content) CO_TRY(check_content(*body.content, true));
  edit.text = body.content;
  auto const conversation = CO_TRY(co_await conversation_of_message(dialect, call, id));
  auto const& caller = call.caller();
  auto const verb = [&](storage::Transaction& tx) -> Result<model::Message> {
    auto filled = edit;
    if (body.content) filled.mentions = TRY(resolve_mentions(tx, caller.tenant, *body.content, body.mentions));
    return core::edit_message(tx, caller, conversation, id, filled);
  };
  co_return co_await write(dialect, call, conversation.value, verb, message_reply);
}

Task<Result<http::Response>> delete_message(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(message_in_path(call));
  auto const conversation = CO_TRY(co_await conversation_of_message(dialect, call, id));
  auto const verb = [&](storage::Transaction& tx) {
    return core::delete_message(tx, call.caller(), conversation, id, core::DeleteRight::author_or_moderator);
  };
  co_return co_await write(dialect, call, conversation.value, verb, message_reply);
}

Task<Result<http::Response>> add_reaction(Dialect& dialect, Call& call) {
  return react(dialect, call, core::ReactionChange::set);
}

Task<Result<http::Response>> remove_reaction(Dialect& dialect, Call& call) {
  return react(dialect, call, core::ReactionChange::remove);
}

Task<Result<http::Response>> pin_message(Dialect& dialect, Call& call) {
  return change_pin(dialect, call, core::PinChange::pin);
}

Task<Result<http::Response>> unpin_message(Dialect& dialect, Call& call) {
  return change_pin(dialect, call, core::PinChange::unpin);
}

Task<Result<http::Response>> send_typing(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<Typing>(call));
  auto const id = CO_TRY(conversation_id_of(body.conversationId));
  auto const& caller = call.caller();
  CO_TRY(co_await read(dialect, call,
                       [&](storage::Transaction& tx) { return core::require(tx, caller, id, core::Action::send); }));
  auto const key = fmt::format("{}/{}/{}", caller.tenant.value, caller.user.value, id.value);
  auto const decision = dialect.typing_limit.take(key, monotonic_now());
  if (!decision.allowed) co_return std::unexpected(api::rate_limited(decision));
  realtime::Signal signal;
  signal.tenant = caller.tenant;
  signal.kind =
      body.active.value_or(true) ? realtime::SignalKind::typing_started : realtime::SignalKind::typing_stopped;
  signal.actor = caller.user;
  signal.actor_external_id = caller.external_id;
  signal.conversations = {id};
  signal.at = now();
  dialect.services.broker.send(std::move(signal));
  co_return empty_reply();
}

}  // namespace parlance::conversations
