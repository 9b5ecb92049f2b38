#include "dialects/conversations/pinned.h"

#include "api/chat_wire.h"
#include "core/pins.h"
#include "dialects/conversations/lists.h"

namespace parlance::conversations {
namespace {

constexpr char kList = 'p';

core::PinPlace place_of(Cursor const& cursor) { return {cursor.first, MessageId{cursor.second}}; }

Cursor cursor_of(core::PinnedMessage const& pinned) {
  return {.list = kList, .first = pinned.pinned_at, .second = pinned.message.id.value};
}

}  // namespace

Task<Result<http::Response>> list_pinned_messages(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<ListQuery>(call));
  auto const asked = CO_TRY(asked_by(body, kList));
  auto pinned = CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) {
    return core::list_pinned(tx, call.caller(), id, asked.stretch<core::PinPlace>(place_of));
  }));
  bool const has_more = cut_page(pinned, asked);
  JsonWriter out;
  begin_list(out);
  for (auto const& item : pinned) api::write_chat_message(out, item.message);
  end_page(out, pinned, asked, has_more, cursor_of);
  co_return http::Response::json(200, out.take());
}

}  // namespace parlance::conversations
