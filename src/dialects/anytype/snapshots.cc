#include "dialects/anytype/snapshots.h"

#include <utility>

#include "core/events.h"
#include "core/message_log.h"
#include "core/users.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/positions.h"

namespace parlance::anytype {

Result<Snapshot> read_snapshot(storage::Transaction& tx, core::Caller const& caller, ChatPath path, std::int64_t limit,
                               Start start) {
  auto const encounter = TRY(meet_chat(tx, caller, path));
  Snapshot snapshot{.start = start};
  snapshot.viewer = TRY(read_viewer(tx, caller, encounter));
  snapshot.position = snapshot.viewer.position;
  snapshot.messages = TRY(core::read_messages(tx, encounter, {.limit = limit}));
  snapshot.flags = TRY(read_flags(tx, caller, path.chat, snapshot.viewer.read, snapshot.messages));
  return snapshot;
}

Result<Snapshot> read_resumption(storage::Transaction& tx, core::Caller const& caller, ChatPath path,
                                 std::int64_t limit, std::string const& last_id) {
  auto const position = parse_position(last_id);
  if (!position) return read_snapshot(tx, caller, path, limit, Start::reset);
  auto const encounter = TRY(meet_chat(tx, caller, path));
  auto const page = TRY(core::read_events(tx, caller.tenant, path.chat, position->epoch, position->offset, 1));
  if (page.reset) return read_snapshot(tx, caller, path, limit, Start::reset);
  Snapshot snapshot{.start = Start::resumed};
  snapshot.position = {.epoch = page.epoch, .offset = position->offset};
  snapshot.viewer = TRY(read_viewer(tx, caller, encounter));
  return snapshot;
}

Result<Standpoint> read_standpoint(storage::Transaction& tx, core::Caller caller, ChatPath path, std::int64_t seq) {
  auto renewed = core::caller_now(tx, caller);
  if (!renewed && renewed.error().code == Errc::not_found) return Standpoint{};
  caller = TRY(std::move(renewed));
  auto const encounter = meet_chat(tx, caller, path);
  if (!encounter && encounter.error().code == Errc::not_found) return Standpoint{};
  if (!encounter) return std::unexpected(encounter.error());
  Standpoint standpoint{.may_see = true};
  standpoint.viewer = TRY(read_viewer(tx, caller, *encounter));
  if (seq != 0) {
    standpoint.has_unread_mention = !TRY(core::list_unread_mentions(tx, caller, path.chat, seq, seq)).empty();
  }
  return standpoint;
}

}  // namespace parlance::anytype
