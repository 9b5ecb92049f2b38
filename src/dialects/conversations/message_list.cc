#include "dialects/conversations/message_list.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "api/chat_wire.h"
#include "core/message_log.h"
#include "core/permissions.h"
#include "dialects/conversations/cursor.h"
#include "dialects/conversations/wire.h"

namespace parlance::conversations {
namespace {

constexpr char kList = 'm';

enum class Aim { newest, before, after, around };

/// What is asked for.
struct Asked {
  ConversationId conversation;
  Aim aim = Aim::newest;
  MessageId anchor;
  std::int64_t limit = 0;
};

struct Found {
  std::vector<model::Message> messages;
  bool has_before = false;
  bool has_after = false;
};

Result<Asked> asked_by(MessageQuery const& body) {
  Asked asked{.conversation = TRY(conversation_id_of(body.conversationId)), .limit = TRY(limit_of(body.limit))};
  auto const named = (body.before ? 1 : 0) + (body.after ? 1 : 0) + (body.around ? 1 : 0) + (body.cursor ? 1 : 0);
  if (named > 1) return invalid("before", "only one of before, after, around and cursor can be given");
  auto const aim_at = [&](Aim aim, std::string const& id, std::string_view field) -> Result<void> {
    asked.aim = aim;
    asked.anchor = TRY(message_id_of(id, field));
    return {};
  };
  if (body.before) TRY(aim_at(Aim::before, *body.before, "before"));
  if (body.after) TRY(aim_at(Aim::after, *body.after, "after"));
  if (body.around) TRY(aim_at(Aim::around, *body.around, "around"));
  if (body.cursor) {
    auto const cursor = TRY(decode_cursor(*body.cursor, kList));
    asked.aim = cursor.walk == core::Walk::forward ? Aim::after : Aim::before;
    asked.anchor = MessageId{cursor.first};
  }
  return asked;
}

using Messages = std::vector<model::Message>;

/// At most `limit` messages below `seq`, and whether there are more of them.
Result<Messages> read_before(storage::Transaction& tx, core::Encounter const& encounter,
                             std::optional<std::int64_t> seq, std::int64_t limit, bool& has_more) {
  auto messages = TRY(core::read_messages(
      tx, encounter, {.before_seq = seq, .limit = limit + 1, .tombstones = core::Tombstones::keep}));
  has_more = static_cast<std::int64_t>(messages.size()) > limit;
  if (has_more) messages.erase(messages.begin());
  return messages;
}

Result<Messages> read_after(storage::Transaction& tx, core::Encounter const& encounter, std::int64_t seq,
                            std::int64_t limit, bool& has_more) {
  auto messages = TRY(
      core::read_messages(tx, encounter, {.after_seq = seq, .limit = limit + 1, .tombstones = core::Tombstones::keep}));
  has_more = static_cast<std::int64_t>(messages.size()) > limit;
  if (has_more) messages.pop_back();
  return messages;
}

/// Half of the page lies before the anchor; at an end of the log the other side fills it.
Result<Found> read_around(storage::Transaction& tx, core::Encounter const& encounter, model::Message anchor,
                          std::int64_t limit) {
  auto const others = limit - 1;
  Found found;
  auto older = TRY(read_before(tx, encounter, anchor.seq, others, found.has_before));
  auto newer = TRY(read_after(tx, encounter, anchor.seq, others, found.has_after));
  auto const older_count = static_cast<std::int64_t>(older.size());
  auto const newer_count = static_cast<std::int64_t>(newer.size());
  auto const keep_older = std::min(older_count, std::max(others / 2, others - newer_count));
  auto const keep_newer = std::min(newer_count, others - keep_older);
  found.has_before = found.has_before || keep_older < older_count;
  found.has_after = found.has_after || keep_newer < newer_count;
  found.messages.assign(std::make_move_iterator(older.end() - keep_older), std::make_move_iterator(older.end()));
  found.messages.push_back(std::move(anchor));
  found.messages.insert(found.messages.end(), std::make_move_iterator(newer.begin()),
                        std::make_move_iterator(newer.begin() + keep_newer));
  return found;
}

Result<Found> find(storage::Transaction& tx, core::Caller const& caller, Asked const& asked) {
  auto const encounter = TRY(core::require(tx, caller, asked.conversation, core::Action::see));
  Found found;
  if (asked.aim == Aim::newest) {
    found.messages = TRY(read_before(tx, encounter, std::nullopt, asked.limit, found.has_before));
    return found;
  }
  auto anchor = TRY(core::read_message(tx, encounter, asked.anchor, core::Tombstones::keep));
  if (asked.aim == Aim::around) return read_around(tx, encounter, std::move(anchor), asked.limit);
  // The anchor itself lies on the other side.
  if (asked.aim == Aim::before) {
    found.has_after = true;
    found.messages = TRY(read_before(tx, encounter, anchor.seq, asked.limit, found.has_before));
  } else {
    found.has_before = true;
    found.messages = TRY(read_after(tx, encounter, anchor.seq, asked.limit, found.has_after));
  }
  return found;
}

void write_cursor(JsonWriter& out, std::string_view name, core::Walk walk, std::optional<MessageId> id) {
  if (!id) {
    out.field_null(name);
  } else {
    out.field(name, encode_cursor({.list = kList, .walk = walk, .first = id->value}));
  }
}

http::Response reply(Asked const& asked, Found const& found) {
  JsonWriter out;
  begin_list(out);
  for (auto const& message : found.messages) api::write_chat_message(out, message);
  out.end_array().key("page").begin_object();
  std::optional<MessageId> older;
  std::optional<MessageId> newer;
  // An empty page is at an end of the log, with the anchor on its other side.
  if (found.has_before) older = found.messages.empty() ? asked.anchor : found.messages.front().id;
  if (found.has_after) newer = found.messages.empty() ? asked.anchor : found.messages.back().id;
  bool const goes_forward = asked.aim == Aim::after || asked.aim == Aim::around;
  write_cursor(out, goes_forward ? "nextCursor" : "prevCursor", core::Walk::forward, newer);
  write_cursor(out, goes_forward ? "prevCursor" : "nextCursor", core::Walk::back, older);
  out.field("hasMore", goes_forward ? found.has_after : found.has_before);
  out.field("hasMoreBefore", found.has_before).field("hasMoreAfter", found.has_after);
  return http::Response::json(200, out.end_object().end_object().take());
}

}  // namespace

Task<Result<http::Response>> list_messages(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<MessageQuery>(call));
  auto const asked = CO_TRY(asked_by(body));
  auto const found =
      CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) { return find(tx, call.caller(), asked); }));
  co_return reply(asked, found);
}

}  // namespace parlance::conversations
