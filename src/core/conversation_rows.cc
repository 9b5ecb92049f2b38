#include "core/conversation_rows.h"

namespace parlance::core {

model::Conversation conversation_from(storage::Row const& row) {
  model::Conversation conversation;
  conversation.id = row.id<ConversationId>(0);
  conversation.tenant = row.id<TenantId>(1);
  conversation.space = row.id<SpaceId>(2);
  conversation.kind = row.as<model::ConversationKind>(3);
  conversation.access = row.as<model::Access>(4);
  conversation.history_mode = row.as<model::HistoryMode>(5);
  conversation.hidden = row.flag(6);
  conversation.name = row.optional_text(7);
  conversation.subject = row.text(8);
  conversation.description = row.text(9);
  conversation.icon = row.text(10);
  conversation.unique_key = row.text(11);
  conversation.relation_type = row.text(12);
  conversation.relation_id = row.integer(13);
  conversation.provider_space = row.id<SpaceId>(14);
  conversation.metadata = row.optional_text(15);
  conversation.xid = row.text(16);
  conversation.bits = row.integer(17);
  conversation.member_count = row.integer(18);
  conversation.last_seq = row.integer(19);
  conversation.last_offset = row.integer(20);
  conversation.epoch = row.integer(21);
  conversation.last_message = row.id<MessageId>(22);
  conversation.last_message_at = row.integer(23);
  conversation.created_by = row.id<UserId>(24);
  conversation.created_at = row.integer(25);
  conversation.updated_at = row.integer(26);
  conversation.archived_at = row.integer(27);
  conversation.summary = row.text(28);
  return conversation;
}

model::Member member_from(storage::Row const& row, int first) {
  model::Member member;
  member.conversation = row.id<ConversationId>(first);
  member.user = row.id<UserId>(first + 1);
  member.external_id = row.text(first + 2);
  member.role = row.as<model::MemberRole>(first + 3);
  member.membership = row.as<model::Membership>(first + 4);
  member.joined_at = row.integer(first + 5);
  member.joined_seq = row.integer(first + 6);
  member.delivered_seq = row.integer(first + 7);
  member.read = model::IntervalSet::parse(row.text(first + 8)).value_or(model::IntervalSet{});
  member.starred = row.flag(first + 9);
  member.mute_until = row.integer(first + 10);
  member.notify_level = row.as<model::NotifyLevel>(first + 11);
  return member;
}

}  // namespace parlance::core
