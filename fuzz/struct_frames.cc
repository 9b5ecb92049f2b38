#include "base/json.h"
#include "dialects/structchat/websocket_frames.h"
#include "dialects/structchat/wire.h"
#include "slices.h"

namespace {

using namespace parlance;
using fuzz::require;

void check_feed_request(boost::json::value const& args) {
  auto const request = structchat::read_feed_request(args);
  if (!request) return require(request.error().code == Errc::invalid_argument);
  require(request->feed > 0 && request->threads.size() <= structchat::kMaxShownThreads);
  for (auto const thread : request->threads)
    require(structchat::thread_id_of(structchat::spell_thread(thread)) == thread);
  require(!request->since || (*request->since >= -1 && *request->since < 5'000'000'000 * kSecond));
}

}  // namespace

// What a frame is taken for is within its bounds, and whatever is wrong is said as JSON.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const frame = structchat::parse_frame(text);
  if (frame) {
    require(frame->args.is_object());
    check_feed_request(frame->args);
    require(parse_json(structchat::error_frame({Errc::invalid_argument, "no", ""}, frame->path)).has_value());
  } else {
    require(parse_json(structchat::error_frame(frame.error(), "")).has_value());
  }
  for (auto const user : structchat::mentions_in(text)) require(user.value > 0);
  auto const slug = structchat::slug_of(text);
  require(slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
  require(!slug.starts_with('-') && !slug.ends_with('-'));
  return 0;
}
