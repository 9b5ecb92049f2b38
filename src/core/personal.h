#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "model/conversation.h"
#include "model/event.h"
#include "storage/transaction.h"

/// A user's own stream: a log of what concerns that user alone, with offsets like any other, so that a device that was
/// away resumes without a loss. It exists once somebody has asked for it; users who never do cost nothing.
namespace parlance::core {

/// The stream of a user, made now where there is none.
Result<model::Conversation> open_personal_stream(storage::Transaction& tx, TenantId tenant, UserId user);

/// It, where there is one.
Result<std::optional<model::Conversation>> find_personal_stream(storage::Transaction& tx, TenantId tenant, UserId user);

/// What a personal event refers to: its data, taken apart. The event's message, seq and actor are those of the cause,
/// its subject is whose stream it is.
struct PersonalCause {
  model::EventKind kind = model::EventKind::member_added;
  ConversationId conversation;
  std::string_view data;  ///< of the cause; a view into what was parsed
};
std::optional<PersonalCause> parse_personal(std::string_view data);

/// Notes `live`, which was just appended to a conversation's log, in the streams of those whom it concerns beyond it:
/// whoever it puts in or takes out, whoever it mentions and wants to hear of it, the members of a conversation that has
/// changed, the devices of whoever has read. Writes only to streams that exist.
Result<void> tell_users(storage::Transaction& tx, model::LiveEvent const& live);

}  // namespace parlance::core
