#include "http/websocket_codec.h"

#include "base/text.h"
#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace http = parlance::http;

constexpr std::size_t kLimit = 1000;

// What the decoder says to `bytes` fed in slices, as text.
std::string decode(std::string_view bytes, std::size_t longest) {
  http::FrameDecoder decoder(kLimit);
  std::string out;
  bool failed = false;
  parlance::fuzz::for_each_slice(bytes, longest, [&](std::string_view input) {
    while (!input.empty()) {
      auto const step = decoder.next(input);
      if (!step) {
        if (!failed) out += std::to_string(static_cast<int>(step.error().code));
        failed = true;
      } else if (*step) {
        auto const& event = **step;
        require(!failed && event.payload.size() <= kLimit);
        auto const is_text = event.kind == http::WebSocketEvent::Kind::text;
        require(!is_text || parlance::is_utf8(event.payload));
        out += std::to_string(static_cast<int>(event.kind)) + "(" + event.payload + ")";
      }
    }
  });
  return out;
}

}  // namespace

// The first byte picks a slice length: the events must not depend on it.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  require(decode(bytes, data[0]) == decode(bytes, bytes.size()));
  return 0;
}
