#pragma once

#include <string_view>

namespace parlance {

/// Whether the whole text is as the pattern says, in which '*' stands for any bytes, also none; nothing else is
/// special. Takes at most text × pattern steps, whatever the pattern.
bool matches_glob(std::string_view text, std::string_view pattern);

}  // namespace parlance
