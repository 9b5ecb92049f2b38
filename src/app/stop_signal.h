#pragma once

namespace parlance::app {

/// Keeps SIGTERM and SIGINT waiting for wait_for_stop, in this thread and those it will start, and ignores SIGPIPE.
/// Call it before the first thread.
void hold_stop_signals();

/// Blocks until SIGTERM or SIGINT comes. After that a second one ends the process at once.
void wait_for_stop();

}  // namespace parlance::app
