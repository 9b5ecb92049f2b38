#include "api/event_source.h"

#include <memory>
#include <utility>

#include "core/events.h"

namespace parlance::api {

void LogSource::read(TenantId tenant, ConversationId conversation, std::int64_t epoch, std::int64_t after,
                     std::int64_t limit, Done done) {
  auto page = std::make_shared<realtime::SourcePage>();
  auto verb = [=](storage::Transaction& tx) -> Result<void> {
    auto found = TRY(core::read_events(tx, tenant, conversation, epoch, after, limit));
    *page = {std::move(found.events), found.reset, found.last_offset, found.epoch};
    return {};
  };
  reads_.submit(std::move(verb), [page, done = std::move(done)](Result<void> result) mutable {
    if (result) {
      done(std::move(*page));
    } else {
      done(std::unexpected(std::move(result).error()));
    }
  });
}

}  // namespace parlance::api
