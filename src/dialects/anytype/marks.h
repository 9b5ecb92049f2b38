#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {

/// Holds marks against the text that they are of: known types, and 0 <= from <= to <= length with from < length, in
/// UTF-16 units and never inside of a surrogate pair. invalid_argument naming "marks[i].from" and the like.
Result<void> check_marks(std::string_view text, std::vector<ChatMark> const& marks);

/// Checked marks as they are stored and sent; empty where there are none.
std::string format_marks(std::vector<ChatMark> const& marks);

/// The params of those that are mentions.
std::vector<std::string_view> mentions_in(std::vector<ChatMark> const& marks);

}  // namespace parlance::anytype
