#pragma once

#include <string>

#include "base/result.h"
#include "base/task.h"

namespace parlance::http {

/// A request body as it arrives, for routes that stream it. While more than 256 KiB wait here the client's socket is
/// not read. Executor's thread; one reader.
class BodyStream {
 public:
  virtual ~BodyStream() = default;

  /// The next piece, never empty; an empty string is the end. Errors: unavailable (the client went away or stalled),
  /// payload_too_large, invalid_argument (broken chunks). After an error every read gives it again.
  virtual Task<Result<std::string>> read() = 0;
};

}  // namespace parlance::http
