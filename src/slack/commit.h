#pragma once

#include <chrono>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "storage/write_lane.h"

namespace parlance::slack {

/// Runs a verb and waits for its commit. Where somebody else was in the way (a second import that has just written the
/// same, a server that held the database), it is tried again a few times before that is an error.
template <class Verb>
auto commit(storage::WriteLanes& lanes, std::int64_t key, Verb verb)
    -> std::invoke_result_t<Verb&, storage::Transaction&> {
  constexpr int kTries = 5;
  constexpr std::chrono::milliseconds kFirstWait{100};
  for (int attempt = 1;; ++attempt) {
    auto outcome = lanes.run(key, [&](storage::Transaction& tx) { return verb(tx); });
    bool const is_in_the_way =
        !outcome && (outcome.error().code == Errc::conflict || outcome.error().code == Errc::unavailable);
    if (!is_in_the_way || attempt == kTries) return outcome;
    std::this_thread::sleep_for(kFirstWait * attempt);
  }
}

}  // namespace parlance::slack
