#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parlance {

/// Microseconds since 1970-01-01T00:00:00Z. The unit of every time that is stored.
using Timestamp = std::int64_t;

inline constexpr Timestamp kSecond = 1'000'000;
inline constexpr Timestamp kMinute = 60 * kSecond;
inline constexpr Timestamp kHour = 60 * kMinute;
inline constexpr Timestamp kDay = 24 * kHour;

/// Wall-clock time. Any thread.
Timestamp now();

/// Microseconds of a clock that never steps back, for measuring and for deadlines within the process. Any thread.
std::int64_t monotonic_now();

/// RFC 3339 in UTC with as many fraction digits as are needed: none, 3 or 6. "2025-12-13T12:00:00Z".
std::string format_rfc3339(Timestamp time);

/// Reads RFC 3339 with any offset and 0-9 fraction digits; years 1970 to 9999. Error: invalid_argument without a field.
Result<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace parlance
