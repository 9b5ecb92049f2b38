#pragma once

namespace parlance::app {

/// Runs the command that the arguments name. Returns the process's exit code: 0, 1 where it failed (one line on
/// standard error says why and what to do), 2 where it was called wrongly.
int run_command_line(int argument_count, char const* const* arguments);

}  // namespace parlance::app
