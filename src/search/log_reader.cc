#include "search/log_reader.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <unordered_set>

#include "model/event.h"

namespace parlance::search {

namespace {

constexpr std::string_view kPositionColumns = "e.id, e.created_at, e.conversation_id, e.position";

/// kPositionColumns of an event.
using EventKey = std::array<std::int64_t, 4>;

EventKey event_key_from(storage::Row const& row) {
  return {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
}

Position position_of(EventKey const& key) { return {key[0], fmt::format("{}/{}/{}", key[1], key[2], key[3])}; }

Position position_from(storage::Row const& row) { return position_of(event_key_from(row)); }

/// How much of a stretch is left.
class Budget {
 public:
  explicit Budget(StretchLimit limit) : limit_(limit) {}

  bool is_used_up() const { return rows_ >= limit_.rows || bytes_ >= limit_.text_bytes; }

  void spend(std::size_t text_bytes) {
    ++rows_;
    bytes_ += text_bytes;
  }

 private:
  StretchLimit limit_;
  std::int64_t rows_ = 0;
  std::size_t bytes_ = 0;
};

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

Result<Stretch> read_events(storage::Transaction& log, Position const& after, StretchLimit limit) {
  static auto const sql = fmt::format(
      "SELECT {}, e.kind, e.message_id, {} FROM events e LEFT JOIN messages m ON m.tenant_id = e.tenant_id AND"
      " m.id = e.message_id AND m.deleted_at = 0 AND e.kind IN ({}, {}, {}) WHERE e.id > $1 ORDER BY e.id LIMIT $2",
      kPositionColumns, kChangeColumns, static_cast<int>(model::EventKind::message_added),
      static_cast<int>(model::EventKind::message_edited), static_cast<int>(model::EventKind::message_deleted));
  Stretch stretch;
  EventKey end{};
  Budget budget(limit);
  std::unordered_set<MessageId> seen;
  TRY(log.each(sql, {after.id, limit.rows}, [&](storage::Row const& row) {
    if (budget.is_used_up()) return;
    end = event_key_from(row);
    auto const message = row.id<MessageId>(5);
    bool const is_change = changes_text(row.as<model::EventKind>(4)) && seen.insert(message).second;
    if (is_change) stretch.changes.push_back(change_from(row, message, 6));
    budget.spend(is_change ? stretch.changes.back().text.size() : 0);
  }));
  stretch.end = end[0] == 0 ? after : position_of(end);
  return stretch;
}

Result<MessageStretch> read_messages(storage::Transaction& log, MessageId after, StretchLimit limit) {
  static auto const sql = fmt::format(
      "SELECT m.id, {} FROM messages m WHERE m.id > $1 AND m.deleted_at = 0 ORDER BY m.id LIMIT $2", kChangeColumns);
  MessageStretch stretch{.is_last = true};
  Budget budget(limit);
  TRY(log.each(sql, {after, limit.rows}, [&](storage::Row const& row) {
    if (budget.is_used_up()) {
      stretch.is_last = false;
      return;
    }
    stretch.messages.push_back(change_from(row, row.id<MessageId>(0), 1));
    budget.spend(stretch.messages.back().text.size());
  }));
  stretch.is_last &= std::ssize(stretch.messages) < limit.rows;
  return stretch;
}

}  // namespace parlance::search
