#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace parlance::core {

/// UTF-8 without NUL, `least` to `most` bytes; invalid_argument naming `field` otherwise.
Result<void> check_text(std::string_view text, std::string_view field, std::size_t least, std::size_t most);

/// The same without any control character: for names, keys and emoji.
Result<void> check_line(std::string_view text, std::string_view field, std::size_t least, std::size_t most);

}  // namespace parlance::core
