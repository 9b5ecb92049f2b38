#include "core/conversation_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/conversation_rows.h"
#include "core/message_log.h"

namespace parlance::core {

namespace {

constexpr std::string_view kActiveAt =
    "CASE WHEN c.last_message_at > c.created_at THEN c.last_message_at ELSE c.created_at END";

/// $1 tenant, $2 user, $3 and $4 the place, $5 limit, $6 whether global channels are the caller's, $7 whether archived
/// conversations count.
std::string sidebar_sql(Walk walk) {
  bool const forward = walk == Walk::forward;
  return fmt::format(
      "SELECT {0}, {1} FROM (SELECT j.conversation_id AS id FROM members j WHERE j.tenant_id = $1 AND j.user_id = $2"
      " AND j.membership = 1 UNION ALL SELECT g.id FROM conversations g WHERE g.tenant_id = $1 AND g.kind = 4"
      " AND $6 = 1 AND NOT EXISTS (SELECT 1 FROM members h WHERE h.tenant_id = $1 AND h.conversation_id = g.id"
      " AND h.user_id = $2 AND h.membership <> 0)) mine"
      " JOIN conversations c ON c.tenant_id = $1 AND c.id = mine.id"
      " LEFT JOIN members b ON b.tenant_id = c.tenant_id AND b.conversation_id = c.id AND b.user_id = $2"
      " LEFT JOIN users u ON u.tenant_id = b.tenant_id AND u.id = b.user_id"
      " WHERE c.kind <> 6 AND (c.bits & 3) = 0 AND ($7 = 1 OR c.archived_at = 0) AND ({2} {3} $3 OR ({2} = $3 AND c.id "
      "{3} $4))"
      " ORDER BY {2} {4}, c.id {4} LIMIT $5",
      kConversationColumns, kMemberColumns, kActiveAt, forward ? "<" : ">", forward ? "DESC" : "ASC");
}

std::string const& sidebar_statement(Walk walk) {
  static std::string const kForward = sidebar_sql(Walk::forward);
  static std::string const kBack = sidebar_sql(Walk::back);
  return walk == Walk::forward ? kForward : kBack;
}

Result<std::int64_t> count_people(storage::Transaction& tx, TenantId tenant) {
  return tx.one("SELECT COUNT(*) FROM users WHERE tenant_id = $1 AND role <> $2", {tenant, model::TenantRole::guest},
                [](storage::Row const& row) { return row.integer(0); });
}

Result<MessageId> message_at(storage::Transaction& tx, model::Conversation const& conversation, std::int64_t seq) {
  if (seq == 0) return MessageId{};
  auto const id = TRY(tx.first("SELECT id FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq = $3",
                               {conversation.tenant, conversation.id, seq},
                               [](storage::Row const& row) { return row.id<MessageId>(0); }));
  return id.value_or(MessageId{});
}

}  // namespace

Result<ConversationView> view_conversation(storage::Transaction& tx, Caller const& caller, Encounter const& encounter) {
  ConversationView view{.conversation = encounter.conversation, .member = encounter.member};
  if (view.conversation.access == model::Access::tenant) {
    view.conversation.member_count = TRY(count_people(tx, caller.tenant));
  }
  view.unread = TRY(count_unread(tx, caller, encounter));
  auto newest = TRY(read_messages(tx, encounter, {.limit = 1}));
  if (!newest.empty()) view.last_message = std::move(newest.front());
  if (encounter.member)
    view.last_read_message = TRY(message_at(tx, view.conversation, encounter.member->read.watermark()));
  return view;
}

SidebarPlace sidebar_place(model::Conversation const& conversation) {
  return {std::max(conversation.last_message_at, conversation.created_at), conversation.id};
}

Result<std::vector<Encounter>> list_sidebar(storage::Transaction& tx, Caller const& caller,
                                            Stretch<SidebarPlace> const& stretch, Archived archived) {
  constexpr auto kTop = std::numeric_limits<std::int64_t>::max();
  auto const from = stretch.from.value_or(SidebarPlace{kTop, ConversationId{kTop}});
  bool const is_in_global = caller.role != model::TenantRole::guest;
  auto found = TRY(tx.all(
      sidebar_statement(stretch.walk),
      {caller.tenant, caller.user, from.active_at, from.id, stretch.limit, is_in_global, archived == Archived::keep},
      [](storage::Row const& row) {
        Encounter encounter{.conversation = conversation_from(row), .standing = Standing::participant};
        if (!row.is_null(kConversationColumnCount)) encounter.member = member_from(row, kConversationColumnCount);
        return encounter;
      }));
  if (stretch.walk == Walk::back) std::ranges::reverse(found);
  return found;
}

Result<std::vector<Searchable>> list_searchable(storage::Transaction& tx, Caller const& caller) {
  return tx.all(
      "SELECT j.conversation_id AS id, CASE WHEN c.history_mode = 1 THEN j.joined_seq ELSE 0 END FROM members j"
      " JOIN conversations c ON c.tenant_id = j.tenant_id AND c.id = j.conversation_id"
      " WHERE j.tenant_id = $1 AND j.user_id = $2 AND j.membership = 1 AND c.kind <> 6"
      " UNION ALL SELECT g.id, 0 FROM conversations g WHERE g.tenant_id = $1 AND g.kind = 4 AND $3 = 1"
      " AND NOT EXISTS (SELECT 1 FROM members h WHERE h.tenant_id = $1 AND h.conversation_id = g.id"
      " AND h.user_id = $2 AND h.membership <> 0) ORDER BY 1",
      {caller.tenant, caller.user, caller.role != model::TenantRole::guest},
      [](storage::Row const& row) { return Searchable{row.id<ConversationId>(0), row.integer(1)}; });
}

}  // namespace parlance::core
