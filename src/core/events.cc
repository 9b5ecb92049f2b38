#include "core/events.h"

#include <fmt/format.h>

#include <unordered_map>

#include "core/conversations.h"
#include "core/event_rows.h"
#include "core/job_queue.h"
#include "core/message_log.h"
#include "core/personal.h"
#include "storage/changed_row.h"

namespace parlance::core {

namespace {

/// How long side effects gather before they are derived together.
constexpr Timestamp kDispatchDelay = kSecond / 5;

/// Reading is too frequent to wake anything, and nothing outside follows it.
bool has_side_effects(model::EventKind kind) { return kind != model::EventKind::read_moved; }

struct Counters {
  std::int64_t offset = 0;
  std::int64_t epoch = 0;
  bool dispatch_is_new = false;
};

Result<Counters> take_offset(storage::Transaction& tx, model::Event const& event) {
  // dispatch_from is the offset below the first event whose side effects are due; it was unset exactly where it now
  // lies right below this one.
  static storage::ChangedRow const kTake(
      "conversations",
      "last_offset = last_offset + 1,"
      " dispatch_from = CASE WHEN $3 = 1 THEN COALESCE(dispatch_from, last_offset) ELSE dispatch_from END",
      "tenant_id = $1 AND id = $2", "last_offset, epoch, CASE WHEN dispatch_from = last_offset - 1 THEN 1 ELSE 0 END");
  auto const due = has_side_effects(event.kind);
  auto const counters = TRY(
      kTake.run(tx, {event.tenant, event.conversation}, {event.tenant, event.conversation, due},
                [&](storage::Row const& row) { return Counters{row.integer(0), row.integer(1), due && row.flag(2)}; }));
  if (!counters) return fail(Errc::internal, "an event for a conversation that is not there");
  return *counters;
}

model::LiveEvent event_from(storage::Row const& row) {
  model::LiveEvent live;
  auto& event = live.event;
  event.offset = row.integer(0);
  event.kind = row.as<model::EventKind>(1);
  event.message = row.id<MessageId>(2);
  event.seq = row.integer(3);
  event.actor = row.id<UserId>(4);
  event.subject = row.id<UserId>(5);
  event.data = row.text(6);
  event.created_at = row.integer(7);
  event.subject_external_id = row.text(8);
  return live;
}

/// Fills in the messages that the events refer to, as they are now.
Result<void> attach_messages(storage::Transaction& tx, TenantId tenant, std::vector<model::LiveEvent>& events) {
  std::vector<MessageId> ids;
  for (auto const& live : events) {
    if (live.event.message) ids.push_back(live.event.message);
  }
  std::unordered_map<MessageId, std::shared_ptr<model::Message const>> by_id;
  for (auto& message : TRY(find_messages(tx, tenant, ids))) {
    auto const id = message.id;
    by_id.emplace(id, std::make_shared<model::Message const>(std::move(message)));
  }
  for (auto& live : events) {
    if (auto const found = by_id.find(live.event.message); found != by_id.end()) live.message = found->second;
  }
  return {};
}

/// Which conversation an event describes as it is after it; none where it does not.
ConversationId described_by(model::Event const& event) {
  using enum model::EventKind;
  if (event.kind == conversation_updated || event.kind == conversation_archived) return event.conversation;
  if (event.kind != personal) return {};
  auto const cause = parse_personal(event.data);
  return cause ? cause->conversation : ConversationId{};
}

Result<void> attach_conversation(storage::Transaction& tx, model::LiveEvent& live) {
  auto const id = described_by(live.event);
  if (!id || live.conversation) return {};
  auto found = TRY(find_conversation(tx, live.event.tenant, id));
  if (found) live.conversation = std::make_shared<model::Conversation const>(*std::move(found));
  return {};
}

}  // namespace

Result<void> append_event(storage::Transaction& tx, model::LiveEvent live) {
  auto& event = live.event;
  event.created_at = tx.now();
  TRY(post_event(tx, event));
  TRY(attach_conversation(tx, live));
  TRY(tell_users(tx, live));
  tx.announce(std::move(live));
  return {};
}

Result<void> wake_dispatch(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  auto const payload = fmt::format(R"({{"conversation":{}}})", id.value);
  return post_job(tx, tenant, "dispatch", payload, tx.now() + kDispatchDelay);
}

Result<void> record_event(storage::Transaction& tx, model::LiveEvent live) {
  auto const counters = TRY(take_offset(tx, live.event));
  live.event.offset = counters.offset;
  live.event.epoch = counters.epoch;
  auto const tenant = live.event.tenant;
  auto const conversation = live.event.conversation;
  TRY(append_event(tx, std::move(live)));
  if (counters.dispatch_is_new) TRY(wake_dispatch(tx, tenant, conversation));
  return {};
}

void announce(storage::Transaction& tx, TenantId tenant, model::EventKind kind, UserId subject) {
  model::LiveEvent live;
  live.event.tenant = tenant;
  live.event.kind = kind;
  live.event.subject = subject;
  live.event.created_at = tx.now();
  tx.announce(std::move(live));
}

Result<EventPage> read_events(storage::Transaction& tx, TenantId tenant, ConversationId id, std::int64_t epoch,
                              std::int64_t after, std::int64_t limit) {
  auto page = TRY(tx.first("SELECT last_offset, epoch FROM conversations WHERE tenant_id = $1 AND id = $2",
                           {tenant, id}, [](storage::Row const& row) {
                             EventPage found;
                             found.last_offset = row.integer(0);
                             found.epoch = row.integer(1);
                             return found;
                           }));
  if (!page) return fail(Errc::not_found, "no such conversation");
  if ((epoch != 0 && epoch != page->epoch) || after > page->last_offset || after < 0) {
    page->reset = true;
    return *std::move(page);
  }
  page->events = TRY(tx.all(
      "SELECT e.position, e.kind, e.message_id, e.seq, e.actor_id, e.subject_id, e.data, e.created_at, u.external_id"
      " FROM events e LEFT JOIN users u ON u.tenant_id = e.tenant_id AND u.id = e.subject_id"
      " WHERE e.tenant_id = $1 AND e.conversation_id = $2 AND e.position > $3 ORDER BY e.position LIMIT $4",
      {tenant, id, after, limit}, event_from));
  bool const trimmed =
      after < page->last_offset && (page->events.empty() ? limit > 0 : page->events.front().event.offset != after + 1);
  if (trimmed) {
    page->events.clear();
    page->reset = true;
    return *std::move(page);
  }
  for (auto& live : page->events) {
    live.event.tenant = tenant;
    live.event.conversation = id;
    live.event.epoch = page->epoch;
    TRY(attach_conversation(tx, live));
  }
  TRY(attach_messages(tx, tenant, page->events));
  return *std::move(page);
}

Result<std::int64_t> trim_events(storage::Transaction& tx, Timestamp before, std::int64_t limit) {
  // Ids grow with time, so the oldest few are looked at instead of an index on the time.
  return tx.execute(
      "DELETE FROM events WHERE id IN (SELECT id FROM (SELECT id, created_at FROM events ORDER BY id LIMIT $2) AS"
      " oldest WHERE created_at < $1)",
      {before, limit});
}

}  // namespace parlance::core
