#pragma once

#include "realtime/event_source.h"
#include "storage/read_pool.h"

namespace parlance::api {

/// The stored log for streams, read on the pool. It looks at no permission: whoever opens a stream has checked. Any
/// thread; `reads` must outlive it and every stream that uses it.
class LogSource final : public realtime::EventSource {
 public:
  explicit LogSource(storage::ReadPool& reads) : reads_(reads) {}

  void read(TenantId tenant, ConversationId conversation, std::int64_t epoch, std::int64_t after, std::int64_t limit,
            Done done) override;

 private:
  storage::ReadPool& reads_;
};

}  // namespace parlance::api
