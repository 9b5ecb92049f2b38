#include "search/log_reader.h"

#include <fmt/format.h>

#include <unordered_set>

#include "model/event.h"

namespace parlance::search {

namespace {

constexpr std::string_view kPositionColumns = "e.id, e.created_at, e.conversation_id, e.position";

Position position_from(storage::Row const& row) {
  return {row.integer(0), fmt::format("{}/{}/{}", row.integer(1), row.integer(2), row.integer(3))};
}

bool changes_text(model::EventKind kind) {
  return kind == model::EventKind::message_added || kind == model::EventKind::message_edited ||
         kind == model::EventKind::message_deleted;
}

}  // namespace

Result<Position> newest_position(storage::Transaction& log) {
  static auto const sql = fmt::format("SELECT {} FROM events e ORDER BY e.id DESC LIMIT 1", kPositionColumns);
  return TRY(log.first(sql, {}, position_from)).value_or(Position{});
}

Result<bool> holds_position(storage::Transaction& log, Position const& position) {
  if (position.id == 0) {
    auto const oldest =
        TRY(log.first("SELECT id FROM events ORDER BY id LIMIT 1", {}, [](auto& row) { return row.integer(0); }));
    return oldest.value_or(1) == 1;
  }
  static auto const sql = fmt::format("SELECT {} FROM events e WHERE e.id = $1", kPositionColumns);
  auto const found = TRY(log.first(sql, {position.id}, position_from));
  return found == position;
}

Result<Stretch> read_events(storage::Transaction& log, Position const& after, std::int64_t limit) {
  static auto const sql = fmt::format(
      "SELECT {}, e.kind, e.message_id, {} FROM events e LEFT JOIN messages m ON m.tenant_id = e.tenant_id AND"
      " m.id = e.message_id AND m.deleted_at = 0 AND e.kind IN ({}, {}, {}) WHERE e.id > $1 ORDER BY e.id LIMIT $2",
      kPositionColumns, kChangeColumns, static_cast<int>(model::EventKind::message_added),
      static_cast<int>(model::EventKind::message_edited), static_cast<int>(model::EventKind::message_deleted));
  Stretch stretch{{}, after};
  std::unordered_set<MessageId> seen;
  TRY(log.each(sql, {after.id, limit}, [&](storage::Row const& row) {
    stretch.end = position_from(row);
    auto const message = row.id<MessageId>(5);
    if (changes_text(row.as<model::EventKind>(4)) && seen.insert(message).second)
      stretch.changes.push_back(change_from(row, message, 6));
  }));
  return stretch;
}

Result<std::vector<Change>> read_messages(storage::Transaction& log, MessageId after, std::int64_t limit) {
  static auto const sql = fmt::format(
      "SELECT m.id, {} FROM messages m WHERE m.id > $1 AND m.deleted_at = 0 ORDER BY m.id LIMIT $2", kChangeColumns);
  return log.all(sql, {after, limit},
                 [](storage::Row const& row) { return change_from(row, row.id<MessageId>(0), 1); });
}

}  // namespace parlance::search
