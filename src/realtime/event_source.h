#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "model/event.h"

namespace parlance::realtime {

/// A stretch of a conversation's stored log.
struct SourcePage {
  std::vector<model::LiveEvent> events;  ///< after+1, after+2…
  bool reset = false;                    ///< the position is trimmed, ahead or of another epoch; there are no events
  std::int64_t last_offset = 0;          ///< of the conversation when it was read
  std::int64_t epoch = 0;
};

/// Where streams read what they have not seen live. Any thread.
class EventSource {
 public:
  using Done = std::move_only_function<void(Result<SourcePage>)>;

  virtual ~EventSource() = default;

  /// Reads at most `limit` events above `after` (`epoch` 0: whatever the current one is), seeing everything that has
  /// been published before the call. Calls `done` once, on any thread, also before returning.
  virtual void read(TenantId tenant, ConversationId conversation, std::int64_t epoch, std::int64_t after,
                    std::int64_t limit, Done done) = 0;
};

}  // namespace parlance::realtime
