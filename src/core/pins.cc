#include "core/pins.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "core/events.h"
#include "core/locks.h"
#include "core/message_log.h"
#include "core/message_rows.h"
#include "core/permissions.h"

namespace parlance::core {

Result<model::Message> change_pin(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                  MessageId id, PinChange change) {
  TRY(lock_conversation(tx, caller.tenant, conversation));
  auto const encounter = TRY(require(tx, caller, conversation, Action::send));
  auto message = TRY(read_message(tx, encounter, id, Tombstones::skip));
  bool const wanted = change == PinChange::pin;
  if (message.pinned == wanted) return message;
  if (wanted) {
    TRY(
        tx.execute("INSERT INTO pins (tenant_id, conversation_id, message_id, pinned_by, pinned_at)"
                   " VALUES ($1, $2, $3, $4, $5)",
                   {caller.tenant, conversation, id, caller.user, tx.now()}));
  } else {
    TRY(tx.execute("DELETE FROM pins WHERE tenant_id = $1 AND conversation_id = $2 AND message_id = $3",
                   {caller.tenant, conversation, id}));
  }
  TRY(set_part(tx, caller.tenant, id, kIsPinned, wanted));
  message.pinned = wanted;

  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = conversation;
  live.event.kind = wanted ? model::EventKind::message_pinned : model::EventKind::message_unpinned;
  live.event.message = id;
  live.event.seq = message.seq;
  live.event.actor = caller.user;
  live.event.subject = caller.user;
  live.event.subject_external_id = caller.external_id;
  live.message = std::make_shared<model::Message const>(message);
  TRY(record_event(tx, std::move(live)));
  return message;
}

Result<std::vector<model::Message>> list_pins(storage::Transaction& tx, Caller const& caller,
                                              ConversationId conversation, MessageId before, std::int64_t limit) {
  auto const encounter = TRY(require(tx, caller, conversation, Action::see));
  // A pin is placed by when it was made, and by its message where two were made at once.
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  auto pinned_at = kNewest;
  if (before) {
    pinned_at =
        TRY(tx.first("SELECT pinned_at FROM pins WHERE tenant_id = $1 AND conversation_id = $2"
                     " AND message_id = $3",
                     {caller.tenant, conversation, before}, [](storage::Row const& row) { return row.integer(0); }))
            .value_or(kNewest);
  }
  auto rows = TRY(tx.all(
      fmt::format("{}JOIN pins p ON p.tenant_id = m.tenant_id AND p.message_id = m.id"
                  " WHERE p.tenant_id = $1 AND p.conversation_id = $2"
                  " AND (p.pinned_at < $3 OR (p.pinned_at = $3 AND m.id < $4)) ORDER BY p.pinned_at DESC, m.id DESC"
                  " LIMIT $5",
                  kSelectMessages),
      {caller.tenant, conversation, pinned_at, before, limit}, message_row_from));
  std::erase_if(rows, [&](MessageRow const& row) { return is_before_join(encounter, row.message.seq); });
  return complete_messages(tx, caller.tenant, std::move(rows));
}

namespace {

std::string pinned_sql(Walk walk) {
  bool const forward = walk == Walk::forward;
  return fmt::format(
      "SELECT p.message_id, p.pinned_at FROM pins p JOIN messages m ON m.tenant_id = p.tenant_id"
      " AND m.id = p.message_id WHERE p.tenant_id = $1 AND p.conversation_id = $2 AND m.seq > $3"
      " AND (p.pinned_at {0} $4 OR (p.pinned_at = $4 AND p.message_id {0} $5))"
      " ORDER BY p.pinned_at {1}, p.message_id {1} LIMIT $6",
      forward ? "<" : ">", forward ? "DESC" : "ASC");
}

}  // namespace

Result<std::vector<PinnedMessage>> list_pinned(storage::Transaction& tx, Caller const& caller,
                                               ConversationId conversation, Stretch<PinPlace> const& stretch) {
  static std::string const kForward = pinned_sql(Walk::forward);
  static std::string const kBack = pinned_sql(Walk::back);
  auto const encounter = TRY(require(tx, caller, conversation, Action::see));
  auto const from = stretch.from.value_or(PinPlace{std::numeric_limits<std::int64_t>::max(), MessageId{}});
  auto places =
      TRY(tx.all(stretch.walk == Walk::forward ? kForward : kBack,
                 {caller.tenant, conversation, hidden_through(encounter), from.pinned_at, from.message, stretch.limit},
                 [](storage::Row const& row) { return PinPlace{row.integer(1), row.id<MessageId>(0)}; }));
  if (stretch.walk == Walk::back) std::ranges::reverse(places);
  std::vector<MessageId> ids;
  for (auto const& place : places) ids.push_back(place.message);
  std::unordered_map<MessageId, model::Message> by_id;
  for (auto& message : TRY(find_messages(tx, caller.tenant, ids))) {
    auto const id = message.id;
    by_id.emplace(id, std::move(message));
  }
  std::vector<PinnedMessage> pinned;
  for (auto const& place : places) pinned.push_back({std::move(by_id.at(place.message)), place.pinned_at});
  return pinned;
}

}  // namespace parlance::core
