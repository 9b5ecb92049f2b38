#include "dialects/structchat/websocket_frames.h"

#include <boost/json/object.hpp>
#include <cmath>

#include "base/json.h"
#include "dialects/structchat/errors.h"
#include "dialects/structchat/feed_ids.h"
#include "dialects/structchat/wire.h"
#include "http/describe.h"

namespace parlance::structchat {
namespace {

constexpr std::string_view kPresencePath = "/presence";
constexpr std::string_view kFeedPath = "server/feed";

struct FeedArgs {
  std::optional<std::string> feed_id;
  std::optional<Texts> thread_ids;
  std::optional<double> since;
};
BOOST_DESCRIBE_STRUCT(FeedArgs, (), (feed_id, thread_ids, since))

void write_presence(JsonWriter& out, PresenceStatus status, std::vector<UserId> const& users) {
  out.key("data").begin_object().field("status", status == PresenceStatus::active ? "active" : "away");
  out.key("user_ids").begin_array();
  for (auto const user : users) out.value(spell(user));
  out.end_array().end_object();
}

/// Seconds as the dialect tells them have lost their fraction, so the whole second counts as after.
Result<Timestamp> time_in(double seconds) {
  constexpr double kLatest = 4e9;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kLatest)
    return invalid("since", "since must be a time in unix seconds");
  return static_cast<Timestamp>(seconds * static_cast<double>(kSecond)) - 1;
}

}  // namespace

Result<ClientFrame> parse_frame(std::string_view payload) {
  auto json = TRY(parse_json(payload));
  if (!json.is_object()) return fail(Errc::invalid_argument, "a frame must be a JSON object");
  auto const& object = json.get_object();
  auto const* const path = object.if_contains("path");
  if (path == nullptr || !path->is_string()) return invalid("path", "path must be the name of a frame");
  auto const* const args = object.if_contains("args");
  bool const has_args = args != nullptr && !args->is_null();
  if (has_args && !args->is_object()) return invalid("args", "args must be an object");
  return ClientFrame{std::string(path->get_string()), has_args ? *args : boost::json::value(boost::json::object_kind)};
}

Result<FeedRequest> read_feed_request(boost::json::value const& json) {
  auto const args = TRY(http::decode<FeedArgs>(json));
  FeedRequest request;
  auto const number = feed_number_of(args.feed_id.value_or(std::string(kDefaultFeed)));
  if (!number) return invalid("feed_id", "feed_id must be the id of a feed");
  request.feed = *number;
  auto const& threads = args.thread_ids.value_or(Texts{});
  if (threads.size() > kMaxShownThreads) return invalid("thread_ids", "thread_ids names more than 1000 threads");
  for (auto const& text : threads) {
    auto const id = thread_id_of(text);
    if (!id) return invalid("thread_ids", "thread_ids must be ids of threads");
    request.threads.push_back(*id);
  }
  if (args.since) request.since = TRY(time_in(*args.since));
  return request;
}

std::string presence_list_frame(std::vector<UserId> const& users) {
  JsonWriter out;
  write_presence(out.begin_object().field("path", kPresencePath), PresenceStatus::active, users);
  return out.end_object().take();
}

std::string presence_frame(PresenceStatus status, std::int64_t update_id, std::vector<UserId> const& users) {
  JsonWriter out;
  write_presence(out.begin_object().field("path", kPresencePath).field("update_id", update_id), status, users);
  return out.end_object().take();
}

std::string move_frame(ConversationId thread, std::int64_t update_id, std::string_view data) {
  JsonWriter out;
  out.begin_object().field("thread_id", spell_thread(thread)).field("path", kFeedPath).field("update_id", update_id);
  out.field("action", "move_to_top");
  if (!data.empty()) out.field_raw("data", data);
  return out.end_object().take();
}

std::string reset_frame(std::int64_t update_id) {
  JsonWriter out;
  out.begin_object().field("path", kFeedPath).field("update_id", update_id).field("action", "reset");
  return out.end_object().take();
}

std::string error_frame(Error const& error, std::string_view path) {
  JsonWriter out;
  out.begin_object().field("path", "server/error").field("ok", false).field("error", error_message(error));
  if (!path.empty()) out.field("request_path", path);
  return out.end_object().take();
}

std::string shutdown_frame(std::int64_t reconnect_after_ms) {
  JsonWriter out;
  out.begin_object().field("path", "server/shutdown").field("reconnect_after_ms", reconnect_after_ms);
  return out.end_object().take();
}

}  // namespace parlance::structchat
