#include "core/account_threads.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/account_search.h"
#include "core/checks.h"
#include "core/conversation_rows.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/in_list.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/members.h"
#include "core/spaces.h"
#include "core/users.h"

namespace parlance::core {

namespace {

/// The accounts that the user is eligible for. $1 is the tenant, $2 the user.
constexpr std::string_view kEligible =
    "(SELECT s.id FROM spaces s LEFT JOIN space_members sm ON sm.tenant_id = s.tenant_id AND sm.space_id = s.id"
    " AND sm.user_id = $2 WHERE s.tenant_id = $1 AND (s.is_default = 1 OR sm.user_id IS NOT NULL))";

/// FROM and WHERE of the threads in the user's sight, `c`.
std::string const& from_threads_in_sight() {
  static std::string const kSql = fmt::format(
      " FROM conversations c WHERE c.tenant_id = $1 AND c.kind <> 6 AND ((c.access = 1"
      " AND (c.space_id IN {0} OR c.provider_space_id IN {0})"
      " AND c.id NOT IN (SELECT h.main_conversation FROM spaces h WHERE h.tenant_id = $1))"
      " OR (c.access <> 1 AND c.id IN (SELECT b.conversation_id FROM members b WHERE b.tenant_id = $1"
      " AND b.user_id = $2 AND b.membership = 1)))",
      kEligible);
  return kSql;
}

AccountThread thread_from(storage::Row const& row) {
  return {conversation_from(row), row.integer(kConversationColumnCount)};
}

void add_filters(Conditions& where, AccountThreadFilter const& filter) {
  auto const add = [&](std::string_view column, storage::Param value) {
    where.text += fmt::format(" AND c.{} = ${}", column, where.bind(value));
  };
  if (filter.space) add("space_id", *filter.space);
  if (filter.provider_space) add("provider_space_id", *filter.provider_space);
  if (filter.relation_type) add("relation_type", *filter.relation_type);
  if (filter.relation_id) add("relation_id", *filter.relation_id);
}

std::string order_sql(AccountThreadFilter const& filter) {
  auto const* direction = filter.direction == Direction::ascending ? "ASC" : "DESC";
  auto const by = [&](std::string_view column) {
    return fmt::format(" ORDER BY {0} {1}, c.id {1}", column, direction);
  };
  switch (filter.order) {
    case AccountThreadOrder::id: return fmt::format(" ORDER BY c.id {}", direction);
    case AccountThreadOrder::created_at: return by("c.created_at");
    case AccountThreadOrder::last_message_at: return by("c.last_message_at");
    case AccountThreadOrder::subject: return by("lower(c.subject)");
  }
  return {};
}

Result<AccountThread> read_thread(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  static std::string const kSql = fmt::format(
      "SELECT {}, c.completed_at FROM conversations c WHERE c.tenant_id = $1 AND c.id = $2", kConversationColumns);
  return tx.one(kSql, {tenant, id}, thread_from);
}

Result<std::optional<Participant>> find_participant(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                                    UserId user) {
  return tx.first(
      "SELECT participant_id, user_id FROM members WHERE tenant_id = $1 AND conversation_id = $2"
      " AND user_id = $3 AND membership = 1",
      {tenant, id, user}, [](storage::Row const& row) { return Participant{row.integer(0), row.id<UserId>(1)}; });
}

model::LiveEvent event_of(Caller const& caller, ConversationId id, model::EventKind kind) {
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = kind;
  live.event.actor = caller.user;
  return live;
}

}  // namespace

Result<AccountThreadPage> list_account_threads(storage::Transaction& tx, Caller const& caller,
                                               AccountThreadFilter const& filter) {
  Conditions where{from_threads_in_sight(), {caller.tenant, caller.user}};
  add_filters(where, filter);
  if (!filter.free_text.empty()) {
    auto const ids = TRY(find_holding(tx, where, filter.free_text, filter.among));
    if (ids.empty()) return AccountThreadPage{};
    InList const list(static_cast<int>(where.params.size()) + 1, ids);
    where.text += " AND c.id IN " + list.text();
    where.params = list.params(std::move(where.params));
  }
  AccountThreadPage page;
  page.total =
      TRY(tx.one("SELECT COUNT(*)" + where.text, where.params, [](storage::Row const& row) { return row.integer(0); }));
  auto const sql = fmt::format("SELECT {}, c.completed_at{}{} LIMIT {} OFFSET {}", kConversationColumns, where.text,
                               order_sql(filter), filter.limit, filter.offset);
  page.threads = TRY(tx.all(sql, where.params, thread_from));
  return page;
}

Result<bool> is_eligible(storage::Transaction& tx, Caller const& user, model::Conversation const& thread) {
  if (TRY(space_role(tx, user, thread.space))) return true;
  return thread.provider_space && TRY(space_role(tx, user, thread.provider_space)).has_value();
}

Result<MetAccountThread> require_account_thread(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                Action action) {
  auto encounter = TRY(meet(tx, caller, id));
  bool const is_open_to_space = encounter.conversation.access == model::Access::space;
  if (is_open_to_space && !TRY(is_eligible(tx, caller, encounter.conversation))) {
    return fail(Errc::forbidden, "this thread belongs to none of your accounts");
  }
  encounter = TRY(require(tx, caller, id, action));
  return MetAccountThread{TRY(read_thread(tx, caller.tenant, id)), std::move(encounter)};
}

Result<AccountThread> change_account_thread(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                            AccountThreadChange const& change) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto met = TRY(require_account_thread(tx, caller, id, Action::see));
  if (met.encounter.standing < Standing::participant) {
    return fail(Errc::forbidden, "not allowed to write in this conversation");
  }
  if (change.subject) TRY(check_line(*change.subject, "subject", 0, kMaxNameBytes));
  auto& thread = met.thread;
  auto& conversation = thread.conversation;
  bool const was_archived = conversation.archived_at != 0;
  auto const moved = [&](std::optional<bool> wanted, Timestamp before) {
    if (!wanted) return before;
    if (!*wanted) return Timestamp{0};
    return before == 0 ? tx.now() : before;
  };
  conversation.subject = change.subject.value_or(conversation.subject);
  conversation.archived_at = moved(change.archived, conversation.archived_at);
  thread.completed_at = moved(change.completed, thread.completed_at);
  conversation.updated_at = tx.now();
  TRY(
      tx.execute("UPDATE conversations SET subject = $3, archived_at = $4, completed_at = $5, updated_at = $6"
                 " WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, conversation.subject, conversation.archived_at, thread.completed_at,
                  conversation.updated_at}));
  bool const is_archiving = !was_archived && conversation.archived_at != 0;
  auto const kind = is_archiving ? model::EventKind::conversation_archived : model::EventKind::conversation_updated;
  TRY(record_event(tx, event_of(caller, id, kind)));
  return std::move(thread);
}

Result<std::vector<Participant>> list_participants(storage::Transaction& tx, model::Conversation const& thread) {
  return tx.all(
      "SELECT participant_id, user_id FROM members WHERE tenant_id = $1 AND conversation_id = $2"
      " AND membership = 1 ORDER BY participant_id",
      {thread.tenant, thread.id},
      [](storage::Row const& row) { return Participant{row.integer(0), row.id<UserId>(1)}; });
}

Result<AddedParticipant> add_participant(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                         UserId user) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const met = TRY(require_account_thread(tx, caller, id, Action::send));
  auto const& conversation = met.encounter.conversation;
  if (auto const found = TRY(find_participant(tx, caller.tenant, id, user))) return AddedParticipant{*found, true};
  if (conversation.kind == model::ConversationKind::dm) return fail(Errc::conflict, "a dm takes no further members");
  bool const is_open_to_space = conversation.access == model::Access::space;
  if (!is_open_to_space) TRY(require(tx, caller, id, Action::manage_members));
  auto const person = get_user(tx, caller.tenant, user);
  if (!person && person.error().code != Errc::not_found) return std::unexpected(person.error());
  Caller const candidate{.tenant = caller.tenant,
                         .user = user,
                         .external_id = person ? person->external_id : std::string(),
                         .role = person ? person->role : model::TenantRole::guest,
                         .is_backend = false};
  if (!person || (is_open_to_space && !TRY(is_eligible(tx, candidate, conversation)))) {
    return invalid("user_id", "user_id is nobody with access to the thread's account");
  }
  TRY(insert_member(tx, caller.tenant, id, user, model::MemberRole::member, model::Membership::member,
                    conversation.last_seq));
  auto joined = event_of(caller, id, model::EventKind::member_added);
  joined.event.subject = user;
  joined.event.subject_external_id = person->external_id;
  joined.event.data = role_name(model::MemberRole::member);
  TRY(record_event(tx, std::move(joined)));
  auto const added = TRY(find_participant(tx, caller.tenant, id, user));
  return AddedParticipant{*added, false};
}

}  // namespace parlance::core
