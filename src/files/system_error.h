#pragma once

#include <string_view>

#include "base/result.h"

namespace parlance::files {

/// What errno means to a caller: unavailable. Logged with `what` was being done.
std::unexpected<Error> system_failure(std::string_view what);

}  // namespace parlance::files
