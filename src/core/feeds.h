#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "storage/transaction.h"

/// Lists of threads that users have put together for themselves.
namespace parlance::core {

struct Feed {
  std::int64_t id = 0;
  UserId user;  ///< whose it is
  std::string name;
  std::vector<ConversationId> channels;
  std::vector<UserId> users;
  bool only_direct = false;
  Timestamp created_at = 0;
};

/// How many a user may have.
inline constexpr std::int64_t kMaxFeeds = 200;
/// How many channels, and how many users, one may name.
inline constexpr std::size_t kMaxFeedFilters = 100;

/// The caller's own, oldest first.
Result<std::vector<Feed>> list_feeds(storage::Transaction& tx, Caller const& caller);

/// The caller's own; not_found otherwise.
Result<Feed> get_feed(storage::Transaction& tx, Caller const& caller, std::int64_t id);

/// Stores a new one for the caller: `feed.id` and `feed.user` are set by the call. not_found for a channel or user that
/// the caller cannot know of.
Result<Feed> create_feed(storage::Transaction& tx, Caller const& caller, Feed feed);

/// Puts `feed` in the place of the caller's own feed of that id. An empty name keeps the old one.
Result<Feed> replace_feed(storage::Transaction& tx, Caller const& caller, Feed feed);

Result<void> delete_feed(storage::Transaction& tx, Caller const& caller, std::int64_t id);

}  // namespace parlance::core
