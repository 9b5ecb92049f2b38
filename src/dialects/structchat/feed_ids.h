#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/caller.h"
#include "core/feeds.h"
#include "core/threads.h"
#include "storage/transaction.h"

/// Feeds by their ids: 6N1 to 6N3 are everybody's; those that users make begin at 6M10.
namespace parlance::structchat {

inline constexpr std::int64_t kOmni = 1;
inline constexpr std::int64_t kYoursTruly = 2;
inline constexpr std::int64_t kDirectMessages = 3;
inline constexpr std::string_view kDefaultFeed = "6N1";

std::string spell_feed(core::Feed const& feed);

/// The number in a feed's id; not_found for a malformed one.
Result<std::int64_t> feed_number_of(std::string_view text);
inline bool is_everybodys(std::int64_t number) { return number <= kDirectMessages; }

/// The key of a stored feed; not_found where the number belongs to none that can be stored.
Result<std::int64_t> feed_key_of(std::int64_t number);

/// Which threads the feed holds for the caller; not_found where it is neither everybody's nor the caller's own.
Result<core::ThreadFilter> filter_of_feed(storage::Transaction& tx, core::Caller const& caller, std::int64_t number);

}  // namespace parlance::structchat
