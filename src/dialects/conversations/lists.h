#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/paging.h"
#include "dialects/conversations/cursor.h"
#include "dialects/conversations/wire.h"

/// The lists that are walked from place to place, in one shape: `{"data":[…],"page":{nextCursor,prevCursor,hasMore}}`.
namespace parlance::conversations {

/// What a list is asked for: the place and direction of the cursor, and how many.
struct Asked {
  std::optional<Cursor> cursor;
  std::int64_t limit = 0;

  core::Walk walk() const { return cursor ? cursor->walk : core::Walk::forward; }

  /// One more than was asked for, which tells whether there are more.
  template <typename Place, typename MakePlace>
  core::Stretch<Place> stretch(MakePlace make_place) const {
    core::Stretch<Place> stretch{.walk = walk(), .limit = limit + 1};
    if (cursor) stretch.from = make_place(*cursor);
    return stretch;
  }
};

template <typename Body>
Result<Asked> asked_by(Body const& body, char list) {
  Asked asked{.limit = TRY(limit_of(body.limit))};
  if (body.cursor) asked.cursor = TRY(decode_cursor(*body.cursor, list));
  return asked;
}

/// Cuts `items` to the page; true where something lies beyond it in the direction of walking.
template <typename Item>
bool cut_page(std::vector<Item>& items, Asked const& asked) {
  bool const has_more = static_cast<std::int64_t>(items.size()) > asked.limit;
  if (has_more) items.erase(asked.walk() == core::Walk::forward ? items.end() - 1 : items.begin());
  return has_more;
}

/// The end of the reply: cursors to both sides of a page that was cut. `cursor_of(item)` is its place.
template <typename Item, typename CursorOf>
void end_page(JsonWriter& out, std::vector<Item> const& items, Asked const& asked, bool has_more, CursorOf cursor_of) {
  bool const forward = asked.walk() == core::Walk::forward;
  bool const has_next = forward ? has_more : true;
  bool const has_previous = forward ? asked.cursor.has_value() : has_more;
  auto const text = [&](bool is_there, core::Walk walk) -> std::string {
    if (!is_there) return {};
    // A page that turns out empty is followed by where it was looked for.
    Cursor cursor =
        items.empty() ? *asked.cursor : cursor_of(walk == core::Walk::forward ? items.back() : items.front());
    cursor.walk = walk;
    return encode_cursor(cursor);
  };
  end_list(out, text(has_next && !(items.empty() && forward), core::Walk::forward),
           text(has_previous && !(items.empty() && !forward), core::Walk::back));
}

}  // namespace parlance::conversations
