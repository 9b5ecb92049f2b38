#pragma once

#include <string_view>

#include "model/conversation.h"
#include "model/member.h"
#include "storage/row.h"

namespace parlance::core {

/// Columns of `conversations c`, in the order that conversation_from reads them; how many there are.
inline constexpr std::string_view kConversationColumns =
    "c.id, c.tenant_id, c.space_id, c.kind, c.access, c.history_mode, c.hidden, c.name, c.subject, c.description,"
    " c.icon, c.unique_key, c.relation_type, c.relation_id, c.provider_space_id, c.metadata, c.xid, c.bits,"
    " c.member_count, c.last_seq, c.last_offset, c.epoch, c.last_message_id, c.last_message_at, c.created_by,"
    " c.created_at, c.updated_at, c.archived_at, c.summary";
inline constexpr int kConversationColumnCount = 29;

model::Conversation conversation_from(storage::Row const& row);

/// The same for `members b` joined with its `users u`.
inline constexpr std::string_view kMemberColumns =
    "b.conversation_id, b.user_id, u.external_id, b.role, b.membership, b.joined_at, b.joined_seq, b.delivered_seq,"
    " b.read_set, b.starred, b.mute_until, b.notify_level";

/// `first` is the column that b.conversation_id is in.
model::Member member_from(storage::Row const& row, int first);

}  // namespace parlance::core
