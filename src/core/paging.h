#pragma once

#include <cstdint>
#include <optional>

namespace parlance::core {

/// Which way a list is walked from a place in it.
enum class Walk {
  forward,  ///< in the list's own order
  back,     ///< against it: what comes before the place; given in the list's order all the same
};

/// A stretch of a list: at most `limit` entries beyond `from`, which is not among them. Without `from`: the first ones.
template <typename Place>
struct Stretch {
  std::optional<Place> from;
  Walk walk = Walk::forward;
  std::int64_t limit = 50;
};

}  // namespace parlance::core
