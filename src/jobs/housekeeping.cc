#include "jobs/housekeeping.h"

#include "base/log.h"
#include "core/credentials.h"
#include "core/events.h"
#include "core/idempotency.h"

namespace parlance::jobs {
namespace {

constexpr std::int64_t kLaneKey = 0;
constexpr std::int64_t kEventsAtOnce = 256;
constexpr std::chrono::milliseconds kRest{20};

Timestamp micros(std::chrono::microseconds duration) { return duration.count(); }

}  // namespace

void Housekeeping::start() {
  thread_ = std::jthread([this] {
    do {
      tidy();
    } while (!bell_.rest_for(options_.period));
  });
}

void Housekeeping::stop() {
  bell_.close();
  if (thread_.joinable()) thread_.join();
}

void Housekeeping::tidy() {
  trim_all("events", [this](storage::Transaction& tx) {
    return core::trim_events(tx, tx.now() - micros(options_.event_retention), kEventsAtOnce);
  });
  trim_all("answers", [this](storage::Transaction& tx) {
    return core::trim_answers(tx, tx.now() - micros(options_.answer_retention));
  });
  trim_all("tokens", [](storage::Transaction& tx) { return core::trim_tokens(tx, tx.now()); });
}

void Housekeeping::trim_all(char const* what, Trim const& trim) {
  std::int64_t total = 0;
  do {
    auto const trimmed = lanes_.run(kLaneKey, [&](storage::Transaction& tx) { return trim(tx); });
    if (!trimmed) return log::warn("old {} could not be trimmed: {}", what, trimmed.error().message);
    if (*trimmed == 0) break;
    total += *trimmed;
  } while (!bell_.rest_for(kRest));
  if (total > 0) log::info("trimmed {} old {}", total, what);
}

}  // namespace parlance::jobs
