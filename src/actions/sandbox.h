#pragma once

#include <string>
#include <string_view>

#include "actions/host.h"
#include "actions/limits.h"
#include "base/result.h"

namespace parlance::actions {

/// How a program has ended.
struct Ending {
  std::string error;  ///< why it failed, without any of its code; empty where it has not
  std::string log;    ///< what it has logged
  bool is_done() const { return error.empty(); }
};

/// Runs a Lua 5.4 program against `host`, in a state of its own that shares nothing with any other. A worker's thread:
/// it takes as long as the limits let it. The same code, host and limits end the same way, but for Limits::time.
/// Error: only the host's own unavailable and internal; whatever a program does wrong is an Ending.
Result<Ending> run_program(std::string_view code, Host& host, Limits const& limits = {});

}  // namespace parlance::actions
