#include "jobs/statistics.h"

namespace parlance::jobs {

void Statistics::count(std::string_view kind, AttemptOutcome outcome) {
  counts_.with([&](auto& counts) {
    auto const found = counts.find(kind);
    auto& count = found != counts.end() ? found->second : counts[std::string(kind)];
    switch (outcome) {
      case AttemptOutcome::done: ++count.done; break;
      case AttemptOutcome::failed: ++count.failed; break;
      case AttemptOutcome::dead: ++count.dead; break;
    }
  });
}

std::map<std::string, AttemptCounts> Statistics::snapshot() const {
  return counts_.with(
      [](auto const& counts) { return std::map<std::string, AttemptCounts>(counts.begin(), counts.end()); });
}

}  // namespace parlance::jobs
