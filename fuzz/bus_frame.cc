#include "nats/frame.h"
#include "nats/model_wire.h"
#include "slices.h"

// What decodes comes back the same once it is sent on: nothing is half read.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  using namespace parlance;
  using fuzz::require;
  auto const frame = nats::decode_frame({reinterpret_cast<char const*>(data), size});
  if (!frame) return 0;
  require(!frame->node.empty());
  std::size_t events = 0;
  for (auto const& bytes : nats::event_frames(frame->node, frame->events)) {
    auto const again = nats::decode_frame(bytes);
    require(again.has_value() && again->unknown == 0 && again->moves.empty() && again->node == frame->node);
    for (auto const& live : again->events) require(nats::pack(live) == nats::pack(frame->events[events++]));
  }
  require(events == frame->events.size());
  if (frame->kind != nats::FrameKind::signal) return 0;
  for (auto const& bytes : nats::signal_frames(frame->node, frame->signal)) {
    auto const again = nats::decode_frame(bytes);
    require(again.has_value() && nats::pack(again->signal) == nats::pack(frame->signal));
  }
  return 0;
}
