#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

/// The frames of GET /v1/ws, as texts. Any thread.
namespace parlance::structchat {

/// {"path": …, "args"?: {…}}
struct ClientFrame {
  std::string path;
  boost::json::value args;  ///< an object; {} where there is none
};
/// invalid_argument where it is no such frame.
Result<ClientFrame> parse_frame(std::string_view payload);

/// {"path": "/presence", "args": {"users": true}}
struct PresenceArgs {
  std::optional<bool> users;
};
BOOST_DESCRIBE_STRUCT(PresenceArgs, (), (users))

/// {"path": "/feed", "args": {"feed_id": "6N1", "thread_ids": ["2K5c1c", …], "since": 1694051250}}
struct FeedRequest {
  std::int64_t feed = 0;                ///< its number
  std::vector<ConversationId> threads;  ///< that the client shows
  std::optional<Timestamp> since;       ///< what has moved after this moment is told at once
};
inline constexpr std::size_t kMaxShownThreads = 1000;
Result<FeedRequest> read_feed_request(boost::json::value const& args);

enum class PresenceStatus { active, away };

/// The answer to who asks for all that are there: without a number.
std::string presence_list_frame(std::vector<UserId> const& users);
std::string presence_frame(PresenceStatus status, std::int64_t update_id, std::vector<UserId> const& users);

/// `data` is the whole thread as JSON; empty for a thread that the client knows.
std::string move_frame(ConversationId thread, std::int64_t update_id, std::string_view data);

/// More has happened than is told thread by thread: the feed is to be loaded again.
std::string reset_frame(std::int64_t update_id);

/// `path` is that of the frame at fault, empty where it had none.
std::string error_frame(Error const& error, std::string_view path);

std::string shutdown_frame(std::int64_t reconnect_after_ms);

}  // namespace parlance::structchat
