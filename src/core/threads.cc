#include "core/threads.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/channels.h"
#include "core/conversation_rows.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/locks.h"
#include "core/messages.h"
#include "core/thread_list.h"

namespace parlance::core {

namespace {

constexpr std::size_t kMaxChannels = 100;

Result<void> check_channels(storage::Transaction& tx, Caller const& caller,
                            std::vector<ConversationId> const& channels) {
  if (channels.empty()) return invalid("xsr_ids", "a thread lies in at least one channel");
  if (channels.size() > kMaxChannels)
    return invalid("xsr_ids", fmt::format("a thread lies in at most {} channels", kMaxChannels));
  for (auto const id : channels) TRY(find_channel(tx, caller, id));
  return {};
}

/// Before anything is read; too many are refused later, by check_channels.
Result<void> hold_named(storage::Transaction& tx, TenantId tenant, std::vector<ConversationId> const& channels) {
  if (channels.size() > kMaxChannels) return {};
  return hold_channels(tx, tenant, channels);
}

/// Only hidden channels make a thread that nobody else knows of.
Result<bool> lies_hidden(storage::Transaction& tx, TenantId tenant, std::vector<ConversationId> const& channels) {
  for (auto const id : channels) {
    auto const channel = TRY(find_conversation(tx, tenant, id));
    if (channel && !is_known_to_members_only(*channel)) return false;
  }
  return true;
}

Result<void> replace_channels(storage::Transaction& tx, model::Conversation& thread,
                              std::vector<ConversationId> const& channels) {
  TRY(tx.execute("DELETE FROM conversation_parents WHERE tenant_id = $1 AND conversation_id = $2",
                 {thread.tenant, thread.id}));
  for (auto const channel : channels) {
    TRY(
        tx.execute("INSERT INTO conversation_parents (tenant_id, conversation_id, parent_id) VALUES ($1, $2, $3)"
                   " ON CONFLICT DO NOTHING",
                   {thread.tenant, thread.id, channel}));
  }
  thread.hidden = TRY(lies_hidden(tx, thread.tenant, channels));
  return {};
}

void set_bit(std::int64_t& bits, std::int64_t bit, std::optional<bool> wanted) {
  if (wanted) bits = *wanted ? bits | bit : bits & ~bit;
}

/// Where the bits say that it is gone, nobody writes in it any more, whatever the dialect.
void settle_archive(model::Conversation& thread, Timestamp time) {
  bool const is_gone = (thread.bits & model::kThreadDeleted) != 0;
  if (!is_gone) thread.archived_at = 0;
  if (is_gone && thread.archived_at == 0) thread.archived_at = time;
}

}  // namespace

Result<CreatedThread> create_thread(storage::Transaction& tx, Caller const& caller, NewThread const& input) {
  if (!caller.user) return fail(Errc::forbidden, "a thread needs a user who begins it");
  TRY(hold_named(tx, caller.tenant, input.channels));
  TRY(check_channels(tx, caller, input.channels));
  for (auto const channel : input.channels) TRY(require(tx, caller, channel, Action::send));
  NewConversation thread;
  thread.kind = model::ConversationKind::thread;
  thread.access = model::Access::parents;
  thread.hidden = TRY(lies_hidden(tx, caller.tenant, input.channels));
  thread.subject = input.subject;
  thread.parents = input.channels;
  auto const created = TRY(create_conversation(tx, caller, thread)).conversation;
  NewMessage message{.conversation = created.id, .text = input.text};
  message.attachments = input.attachments;
  message.mentions = input.mentions;
  auto sent = TRY(send_message(tx, caller, message));
  return CreatedThread{created, std::move(sent.message)};
}

Result<Encounter> find_thread(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  auto encounter = TRY(meet(tx, caller, id));
  auto const& thread = encounter.conversation;
  bool const is_none = thread.kind == model::ConversationKind::stream || (thread.bits & model::kThreadDeleted) != 0;
  if (is_none) return fail(Errc::not_found, "no such thread");
  if (encounter.standing == Standing::none) return fail(Errc::forbidden, "not a member of this thread's channels");
  return encounter;
}

namespace {

Result<void> change_thread(storage::Transaction& tx, Caller const& caller, ConversationId id,
                           ThreadChange const& change) {
  auto found = TRY(find_conversation(tx, caller.tenant, id));
  if (!found || found->kind != model::ConversationKind::thread) return fail(Errc::not_found, "no such thread");
  auto& thread = *found;
  auto const was_archived = thread.archived_at;
  set_bit(thread.bits, model::kThreadDeleted, change.deleted);
  set_bit(thread.bits, model::kThreadHidden, change.hidden);
  set_bit(thread.bits, model::kThreadResolved, change.resolved);
  if (change.deleted) settle_archive(thread, tx.now());
  if (change.channels) {
    if (thread.access != model::Access::parents) return fail(Errc::conflict, "this thread lies in no channels");
    TRY(check_channels(tx, caller, *change.channels));
    TRY(replace_channels(tx, thread, *change.channels));
  }
  TRY(
      tx.execute("UPDATE conversations SET bits = $3, archived_at = $4, hidden = $5, updated_at = $6"
                 " WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, thread.bits, thread.archived_at, thread.hidden, tx.now()}));
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  bool const is_archived_now = was_archived == 0 && thread.archived_at != 0;
  live.event.kind = is_archived_now ? model::EventKind::conversation_archived : model::EventKind::conversation_updated;
  live.event.actor = caller.user;
  return record_event(tx, std::move(live));
}

}  // namespace

Result<void> change_threads(storage::Transaction& tx, Caller const& caller, std::vector<ConversationId> const& ids,
                            ThreadChange const& change) {
  if (!has_rank(caller, model::TenantRole::admin)) return fail(Errc::forbidden, "only an admin may change a thread");
  if (change.channels) TRY(hold_named(tx, caller.tenant, *change.channels));
  TRY(lock_conversations(tx, caller.tenant, ids));
  for (auto const id : ids) TRY(change_thread(tx, caller, id, change));
  return {};
}

Timestamp active_at(model::Conversation const& thread) { return std::max(thread.last_message_at, thread.updated_at); }

Result<std::vector<Encounter>> list_threads(storage::Transaction& tx, Caller const& caller, ThreadFilter const& filter,
                                            std::int64_t limit, std::int64_t offset) {
  ThreadList list(caller, filter);
  list.finish(
      fmt::format(" ORDER BY {} LIMIT {} OFFSET {}", ThreadList::kNewestFirst, list.add(limit), list.add(offset)));
  return list.read(tx);
}

Result<std::vector<Encounter>> list_threads_since(storage::Transaction& tx, Caller const& caller,
                                                  ThreadFilter const& filter, Timestamp since, std::int64_t limit) {
  ThreadList list(caller, filter);
  list.finish(
      fmt::format(" AND c.active_minute >= {} AND c.last_message_at > {} ORDER BY c.last_message_at, c.id LIMIT {}",
                  list.add(since / kMinute), list.add(since), list.add(limit)));
  return list.read(tx);
}

Result<std::optional<Encounter>> find_listed(storage::Transaction& tx, Caller const& caller, ThreadFilter const& filter,
                                             ConversationId id) {
  ThreadList list(caller, filter, ThreadList::Reach::named);
  list.finish(fmt::format(" AND c.id = {}", list.add(id)));
  auto found = TRY(list.read(tx));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<Encounter>> find_listed(storage::Transaction& tx, Caller const& caller, ThreadFilter const& filter,
                                           std::vector<ConversationId> const& ids) {
  if (ids.empty()) return std::vector<Encounter>();
  ThreadList list(caller, filter, ThreadList::Reach::named);
  list.finish(fmt::format(" AND c.id IN {}", list.add_list(ids)));
  auto found = TRY(list.read(tx));
  std::ranges::sort(found, {}, [](Encounter const& encounter) {
    return std::pair(active_at(encounter.conversation), encounter.conversation.id);
  });
  return found;
}

Result<std::vector<ConversationId>> list_thread_ids(storage::Transaction& tx, Caller const& caller,
                                                    std::int64_t limit) {
  static std::string const kSql = fmt::format("SELECT c.id{} ORDER BY {} LIMIT ${}", from_visible_threads(),
                                              ThreadList::kNewestFirst, kFirstFreeParameter);
  auto params = visibility_params(caller);
  params.emplace_back(limit);
  return tx.all(kSql, params, [](storage::Row const& row) { return row.id<ConversationId>(0); });
}

Result<ThreadCounts> count_threads(storage::Transaction& tx, TenantId tenant) {
  return tx.one(
      "SELECT COUNT(*), COALESCE(SUM(CASE WHEN (bits & 1) = 0 THEN 1 ELSE 0 END), 0),"
      " COALESCE(SUM(CASE WHEN (bits & 5) = 4 THEN 1 ELSE 0 END), 0)"
      " FROM conversations WHERE tenant_id = $1 AND kind = 5 AND access = 3 AND (bits & 2) = 0",
      {tenant}, [](storage::Row const& row) { return ThreadCounts{row.integer(0), row.integer(1), row.integer(2)}; });
}

}  // namespace parlance::core
