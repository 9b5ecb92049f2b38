#include "nats/frame.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/packed.h"
#include "nats/model_wire.h"

namespace parlance::nats {
namespace {

constexpr char kVersion = 1;

/// Addressees of a signal in one frame: 100 KB at most.
constexpr std::size_t kAddressees = 10'000;

constexpr std::uint32_t kKind = 1;
constexpr std::uint32_t kNode = 2;
constexpr std::uint32_t kEvent = 3;
constexpr std::uint32_t kMove = 4;
constexpr std::uint32_t kSignal = 5;
constexpr std::uint32_t kTopic = 6;
constexpr std::uint32_t kTo = 7;
constexpr std::uint32_t kBody = 8;

PackedWriter begin(FrameKind kind, std::string_view node) {
  PackedWriter out;
  out.number(kKind, static_cast<std::int64_t>(kind)).text(kNode, node);
  return out;
}

std::string finish(PackedWriter out) { return kVersion + out.take(); }

std::string pack_move(model::Event const& event) {
  PackedWriter out;
  out.id(1, event.tenant).id(2, event.conversation).id(3, event.subject).number(4, event.offset);
  return out.take();
}

realtime::Moved unpack_move(std::string_view bytes) {
  realtime::Moved move;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: move.tenant = in.id<TenantId>(); break;
      case 2: move.conversation = in.id<ConversationId>(); break;
      case 3: move.subject = in.id<UserId>(); break;
      case 4: move.offset = in.number(); break;
      default: break;
    }
  }
  return move;
}

template <class Id>
std::vector<Id> slice(std::vector<Id> const& all, std::size_t index) {
  auto const begin = std::min(all.size(), index * kAddressees);
  auto const end = std::min(all.size(), begin + kAddressees);
  return {all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// False where nothing of this kind of frame is in the field, or what is in it makes no sense.
bool read_content(PackedReader const& in, Frame& frame) {
  switch (in.field()) {
    case kEvent:
      if (auto live = unpack_event(in.text())) {
        frame.events.push_back(*std::move(live));
      } else {
        ++frame.unknown;
      }
      return true;
    case kMove: frame.moves.push_back(unpack_move(in.text())); return true;
    case kSignal:
      if (auto signal = unpack_signal(in.text())) {
        frame.signal = *std::move(signal);
        return true;
      }
      return false;
    case kTopic: frame.note.topic = in.text(); return true;
    case kTo: frame.note.to = in.text(); return true;
    case kBody: frame.note.body = in.text(); return true;
    default: return true;
  }
}

}  // namespace

std::vector<std::string> event_frames(std::string_view node, std::vector<model::LiveEvent> const& events,
                                      std::size_t limit) {
  std::vector<std::string> frames;
  auto out = begin(FrameKind::events, node);
  auto const empty_size = out.size();
  auto const close = [&] {
    if (out.size() == empty_size) return;
    frames.push_back(finish(std::exchange(out, begin(FrameKind::events, node))));
  };
  for (auto const& live : events) {
    auto const bytes = pack(live);
    bool const is_too_large = bytes.size() > limit;
    if (is_too_large && live.event.offset == 0) continue;
    if (!is_too_large && out.size() > empty_size && out.size() + bytes.size() > limit) close();
    is_too_large ? out.item(kMove, pack_move(live.event)) : out.item(kEvent, bytes);
  }
  close();
  return frames;
}

std::vector<std::string> signal_frames(std::string_view node, realtime::Signal const& signal, std::size_t limit) {
  std::vector<std::string> frames;
  auto const most = std::max(signal.conversations.size(), signal.users.size());
  for (std::size_t index = 0; index == 0 || index * kAddressees < most; ++index) {
    auto part = signal;
    part.conversations = slice(signal.conversations, index);
    part.users = slice(signal.users, index);
    auto frame = finish(std::move(begin(FrameKind::signal, node).item(kSignal, pack(part))));
    if (frame.size() <= limit + kAddressees * 20) frames.push_back(std::move(frame));
  }
  return frames;
}

std::string note_frame(realtime::Note const& note) {
  if (note.body.size() > realtime::kMaxNoteBytes) return {};
  auto out = begin(FrameKind::note, note.from);
  out.text(kTopic, note.topic).text(kTo, note.to).text(kBody, note.body);
  return finish(std::move(out));
}

std::string loss_frame(std::string_view node) { return finish(begin(FrameKind::loss, node)); }

Result<Frame> decode_frame(std::string_view bytes) {
  auto const misread = [] { return fail(Errc::invalid_argument, "a message of the bus is not understood"); };
  if (bytes.empty() || bytes.front() != kVersion) return misread();
  Frame frame;
  std::int64_t kind = 0;
  PackedReader in(bytes.substr(1));
  while (in.next()) {
    if (in.field() == kKind) {
      kind = in.number();
    } else if (in.field() == kNode) {
      frame.node = in.text();
    } else if (!read_content(in, frame)) {
      return misread();
    }
  }
  bool const is_known =
      kind >= static_cast<std::int64_t>(FrameKind::events) && kind <= static_cast<std::int64_t>(FrameKind::loss);
  if (in.has_failed() || !is_known || frame.node.empty()) return misread();
  frame.kind = static_cast<FrameKind>(kind);
  frame.note.from = frame.node;
  return frame;
}

}  // namespace parlance::nats
