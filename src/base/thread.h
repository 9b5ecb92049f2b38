#pragma once

#include <string>

/// The calling thread and the operating system.
namespace parlance {

/// How tools (top -H, perf, a debugger) call the thread. At most 15 bytes; the rest is cut.
void name_thread(std::string name);

/// From now on the thread runs mostly when no other wants the processor. What it does must be able to wait, and it must
/// not hold a lock that another thread waits for.
void step_back();

}  // namespace parlance
