#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "dialects/structchat/feed_watch.h"
#include "dialects/structchat/websocket_frames.h"
#include "storage/transaction.h"

/// What connections have to know of the database before they tell of a moved thread. Any thread.
namespace parlance::structchat {

/// A look at some threads through one user's feed, for all of the user's connections that show it.
struct FeedLook {
  core::Caller caller;
  std::int64_t feed = 0;
  std::vector<ConversationId> threads;
  std::vector<ConversationId> unknown;  ///< those of `threads` that are to be sent whole
};

/// Those of the threads that the feed holds and its user may read at this moment. not_found where the feed or the user
/// is gone.
Result<std::vector<MovedThread>> look_at_feed(storage::Transaction& tx, FeedLook const& look);

struct FeedStart {
  std::vector<ConversationId> missed;  ///< moved since the client looked, the oldest activity first
  bool has_missed_too_much = false;    ///< more than are told one by one
};
inline constexpr std::int64_t kMostMissed = 200;

/// not_found where the caller has no such feed.
Result<FeedStart> start_feed(storage::Transaction& tx, core::Caller const& caller, FeedRequest const& request);

}  // namespace parlance::structchat
