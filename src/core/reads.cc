#include "core/reads.h"

#include <algorithm>
#include <limits>

#include "core/events.h"
#include "core/locks.h"
#include "core/members.h"

namespace parlance::core {

namespace {

constexpr char const* kOnlyUsersRead = "only a user can read";

std::int64_t first_countable(Encounter const& encounter) {
  bool const hidden = encounter.conversation.history_mode == model::HistoryMode::since_join && encounter.member;
  return hidden ? encounter.member->joined_seq + 1 : 1;
}

struct Count {
  std::int64_t messages = 0;
  std::int64_t oldest = 0;
};

/// Counts others' living messages with first <= seq <= last; imported ones were read where they came from.
Result<Count> count_between(storage::Transaction& tx, Caller const& caller, ConversationId id, std::int64_t first,
                            std::int64_t last) {
  return tx.one(
      "SELECT COUNT(*), COALESCE(MIN(seq), 0) FROM messages WHERE tenant_id = $1 AND conversation_id = $2"
      " AND seq >= $3 AND seq <= $4 AND sender_id <> $5 AND deleted_at = 0 AND xid IS NULL",
      {caller.tenant, id, first, last, caller.user},
      [](storage::Row const& row) { return Count{row.integer(0), row.integer(1)}; });
}

Result<void> record_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                         model::IntervalSet const& seqs, std::string read_set) {
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = model::EventKind::read_moved;
  live.event.seq = seqs.intervals().back().last;
  live.event.actor = caller.user;
  live.event.subject = caller.user;
  live.event.subject_external_id = caller.external_id;
  live.event.data = std::move(read_set);
  return record_event(tx, std::move(live));
}

}  // namespace

Result<void> acknowledge(storage::Transaction& tx, Caller const& caller, ConversationId id, std::int64_t seq) {
  auto const encounter = TRY(require(tx, caller, id, Action::see));
  if (seq < 0) return invalid("seq", "seq must not be negative");
  if (seq > encounter.conversation.last_seq) return invalid("seq", "seq is above the newest message's");
  if (!caller.user) return fail(Errc::forbidden, kOnlyUsersRead);
  auto const member = TRY(ensure_member(tx, caller, encounter));
  if (seq <= member.delivered_seq) return {};
  TRY(
      tx.post("UPDATE members SET delivered_seq = $4 WHERE tenant_id = $1 AND conversation_id = $2"
              " AND user_id = $3 AND delivered_seq < $4",
              {caller.tenant, id, caller.user, seq}));
  TRY(
      tx.execute("DELETE FROM message_deliveries WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3"
                 " AND last_seq <= $4",
                 {caller.tenant, id, caller.user, seq}));
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = model::EventKind::delivered_moved;
  live.event.seq = seq;
  live.event.actor = caller.user;
  live.event.subject = caller.user;
  live.event.subject_external_id = caller.external_id;
  live.event.created_at = tx.now();
  tx.announce(std::move(live));
  return {};
}

Result<void> mark_read(storage::Transaction& tx, Caller const& caller, ConversationId id, std::int64_t first_seq,
                       std::int64_t last_seq) {
  model::IntervalSet seqs;
  seqs.add(std::max<std::int64_t>(first_seq, 1), last_seq);
  return mark_read(tx, caller, id, seqs);
}

Result<void> mark_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                       model::IntervalSet const& seqs) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const encounter = TRY(require(tx, caller, id, Action::see));
  if (!caller.user) return fail(Errc::forbidden, kOnlyUsersRead);
  auto member = TRY(ensure_member(tx, caller, encounter));
  bool changed = false;
  for (auto const& [first, last] : seqs.intervals()) {
    if (member.read.add(first, std::min(last, encounter.conversation.last_seq))) changed = true;
  }
  if (!changed) return {};
  auto const text = member.read.format();
  TRY(tx.post("UPDATE members SET read_set = $4 WHERE tenant_id = $1 AND conversation_id = $2 AND user_id = $3",
              {caller.tenant, id, caller.user, text}));
  return record_read(tx, caller, id, seqs, text);
}

Result<void> mark_mentions_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                std::int64_t first_seq, std::int64_t last_seq) {
  model::IntervalSet seqs;
  seqs.add(std::max<std::int64_t>(first_seq, 1), last_seq);
  return mark_mentions_read(tx, caller, id, seqs);
}

Result<void> mark_mentions_read(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                model::IntervalSet const& seqs) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto const encounter = TRY(require(tx, caller, id, Action::see));
  std::int64_t marked = 0;
  for (auto const& [first, last] : seqs.intervals()) {
    marked +=
        TRY(tx.execute("UPDATE mentions SET read_at = $6 WHERE tenant_id = $1 AND user_id = $2 AND conversation_id = $3"
                       " AND seq >= $4 AND seq <= $5 AND read_at = 0",
                       {caller.tenant, caller.user, id, first, last, tx.now()}));
  }
  if (marked == 0) return {};
  return record_read(tx, caller, id, seqs, encounter.member ? encounter.member->read.format() : std::string());
}

Result<std::vector<std::int64_t>> list_unread_mentions(storage::Transaction& tx, Caller const& caller,
                                                       ConversationId id, std::int64_t first_seq,
                                                       std::int64_t last_seq) {
  return tx.all(
      "SELECT seq FROM mentions WHERE tenant_id = $1 AND user_id = $2 AND conversation_id = $3 AND seq >= $4"
      " AND seq <= $5 AND read_at = 0 ORDER BY seq",
      {caller.tenant, caller.user, id, first_seq, last_seq}, [](storage::Row const& row) { return row.integer(0); });
}

Result<Unread> count_unread(storage::Transaction& tx, Caller const& caller, Encounter const& encounter) {
  auto const id = encounter.conversation.id;
  auto const first = first_countable(encounter);
  auto const intervals =
      encounter.member ? encounter.member->read.intervals() : std::vector<model::IntervalSet::Interval>{};
  Unread unread;
  auto const add_gap = [&](std::int64_t from, std::int64_t to) -> Result<void> {
    if (from > to) return {};
    auto const count = TRY(count_between(tx, caller, id, from, to));
    unread.messages += count.messages;
    if (unread.oldest_message_seq == 0) unread.oldest_message_seq = count.oldest;
    return {};
  };
  auto next = first;
  for (auto const& interval : intervals) {
    TRY(add_gap(next, interval.first - 1));
    next = std::max(next, interval.last + 1);
  }
  TRY(add_gap(next, encounter.conversation.last_seq));
  auto const mentions =
      TRY(tx.one("SELECT COUNT(*), COALESCE(MIN(seq), 0) FROM mentions WHERE tenant_id = $1 AND user_id = $2"
                 " AND conversation_id = $3 AND seq >= $4 AND read_at = 0",
                 {caller.tenant, caller.user, id, first},
                 [](storage::Row const& row) { return Count{row.integer(0), row.integer(1)}; }));
  unread.mentions = mentions.messages;
  unread.oldest_mention_seq = mentions.oldest;
  return unread;
}

}  // namespace parlance::core
