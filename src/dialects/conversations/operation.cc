#include "dialects/conversations/operation.h"

#include "api/spelling.h"
#include "core/message_place.h"

namespace parlance::conversations {
namespace {

Result<std::int64_t> id_in_path(Call const& call) {
  auto const id = api::parse_decimal(call.id);
  if (!id) return invalid("id", "id must be a decimal id as a string");
  return *id;
}

}  // namespace

Result<ConversationId> conversation_in_path(Call const& call) { return ConversationId{TRY(id_in_path(call))}; }

Result<MessageId> message_in_path(Call const& call) { return MessageId{TRY(id_in_path(call))}; }

Task<Result<ConversationId>> conversation_of_message(Dialect& dialect, Call& call, MessageId id) {
  co_return co_await read(
      dialect, call, [&](storage::Transaction& tx) { return core::conversation_of(tx, call.caller().tenant, id); });
}

}  // namespace parlance::conversations
