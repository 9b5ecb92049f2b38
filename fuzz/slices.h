#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parlance::fuzz {

/// Calls `feed(slice)` for consecutive slices of `bytes`, none longer than `longest` (at least 1).
template <typename Feed>
void for_each_slice(std::string_view bytes, std::size_t longest, Feed feed) {
  while (!bytes.empty()) {
    auto const slice = bytes.substr(0, std::max<std::size_t>(longest, 1));
    bytes.remove_prefix(slice.size());
    feed(slice);
  }
}

/// Ends the run as a finding where `condition` does not hold.
inline void require(bool condition) {
  if (!condition) __builtin_trap();
}

}  // namespace parlance::fuzz
