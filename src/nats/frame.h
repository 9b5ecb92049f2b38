#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "realtime/bus.h"
#include "realtime/signal.h"

/// What one NATS message holds: a byte for the version of the whole form, then packed fields (base/packed.h).
namespace parlance::nats {

/// NATS takes messages of 1 MiB unless told otherwise.
inline constexpr std::size_t kFrameBytes = 256 << 10;

/// A batch as messages of at most about `limit` bytes each. An event that is larger by itself is only named, so that
/// the others read it in the log; one that is not in the log either is left out.
std::vector<std::string> event_frames(std::string_view node, std::vector<model::LiveEvent> const& events,
                                      std::size_t limit = kFrameBytes);

/// More than one where there are very many addressees; none where it is too large all the same.
std::vector<std::string> signal_frames(std::string_view node, realtime::Signal const& signal,
                                       std::size_t limit = kFrameBytes);

/// Empty where the body is longer than realtime::kMaxNoteBytes.
std::string note_frame(realtime::Note const& note);

/// "Messages of mine may have been lost."
std::string loss_frame(std::string_view node);

enum class FrameKind { events = 1, signal = 2, note = 3, loss = 4 };

struct Frame {
  FrameKind kind = FrameKind::events;
  std::string node;  ///< the sender
  std::vector<model::LiveEvent> events;
  std::vector<realtime::Moved> moves;
  realtime::Signal signal;
  realtime::Note note;
  std::size_t unknown = 0;  ///< events that another version may understand
};

/// invalid_argument where the bytes are of another version, make no sense, or are a kind of frame that is not known.
Result<Frame> decode_frame(std::string_view bytes);

}  // namespace parlance::nats
