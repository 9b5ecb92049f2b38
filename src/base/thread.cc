#include "base/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

namespace parlance {

namespace {

constexpr std::size_t kMaxThreadName = 15;
constexpr int kBackgroundNiceness = 10;

}  // namespace

void name_thread(std::string name) {
  name.resize(std::min(name.size(), kMaxThreadName));
  ::pthread_setname_np(::pthread_self(), name.c_str());
}

/// On Linux niceness belongs to a thread, whatever POSIX says.
void step_back() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kBackgroundNiceness); }

}  // namespace parlance
