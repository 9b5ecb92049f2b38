#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/paging.h"

namespace parlance::conversations {

/// A place in a list, as a client keeps it: base64url of the list's letter, the way to walk and two numbers. Nothing in
/// it is secret or trusted; what it leads to is checked like everything else.
struct Cursor {
  char list = ' ';  ///< which list it belongs to
  core::Walk walk = core::Walk::forward;
  std::int64_t first = 0;
  std::int64_t second = 0;

  friend bool operator==(Cursor const&, Cursor const&) = default;
};

std::string encode_cursor(Cursor const& cursor);

/// invalid_argument on "cursor" where `text` is no cursor of that list.
Result<Cursor> decode_cursor(std::string_view text, char list);

}  // namespace parlance::conversations
