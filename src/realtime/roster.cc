#include "realtime/roster.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/packed.h"

namespace parlance::realtime {
namespace {

constexpr std::string_view kTopic = "roster";

/// Bytes of users in one note, well below what a note may have.
constexpr std::size_t kNoteBytes = 100 << 10;

/// Nodes that are remembered as gone.
constexpr std::size_t kMostGone = 1'000;

enum class Word {
  beat = 1,    ///< "I have told `sequence` changes"
  change = 2,  ///< change number `sequence`
  ask = 3,     ///< "tell me everything"
  list = 4,    ///< part of the answer; the last one has `sequence`
  bye = 5,
};

struct Saying {
  Word word = Word::beat;
  std::int64_t sequence = 0;
  bool is_last = false;  ///< of the parts of a list
  bool is_first = false;
  std::vector<Attendance> attendances;
};

std::string pack(Attendance const& attendance) {
  PackedWriter out;
  out.id(1, attendance.tenant).id(2, attendance.user).text(3, attendance.external_id);
  out.number(4, attendance.is_connected ? 1 : 0).number(5, attendance.at);
  return out.take();
}

Attendance unpack_attendance(std::string_view bytes) {
  Attendance attendance;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: attendance.tenant = in.id<TenantId>(); break;
      case 2: attendance.user = in.id<UserId>(); break;
      case 3: attendance.external_id = in.text(); break;
      case 4: attendance.is_connected = in.number() != 0; break;
      case 5: attendance.at = in.number(); break;
      default: break;
    }
  }
  return attendance;
}

std::string pack(Saying const& saying) {
  PackedWriter out;
  out.number(1, static_cast<std::int64_t>(saying.word)).number(2, saying.sequence);
  out.number(3, saying.is_first ? 1 : 0).number(4, saying.is_last ? 1 : 0);
  for (auto const& attendance : saying.attendances) out.item(5, pack(attendance));
  return out.take();
}

std::optional<Saying> unpack_saying(std::string_view bytes) {
  Saying saying;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1:
        if (in.number() < 1 || in.number() > static_cast<std::int64_t>(Word::bye)) return std::nullopt;
        saying.word = static_cast<Word>(in.number());
        break;
      case 2: saying.sequence = in.number(); break;
      case 3: saying.is_first = in.number() != 0; break;
      case 4: saying.is_last = in.number() != 0; break;
      case 5: saying.attendances.push_back(unpack_attendance(in.text())); break;
      default: break;
    }
  }
  if (in.has_failed()) return std::nullopt;
  return saying;
}

/// How many attendances, from `begin` on, go into one note.
std::size_t count_for_note(std::vector<Attendance> const& all, std::size_t begin) {
  std::size_t bytes = 0;
  auto end = begin;
  while (end < all.size() && bytes < kNoteBytes) bytes += 40 + all[end++].external_id.size();
  return end - begin;
}

/// The next part of `all`; `begin` moves behind it.
std::vector<Attendance> next_part(std::vector<Attendance> const& all, std::size_t& begin) {
  auto const count = count_for_note(all, begin);
  auto const first = all.begin() + static_cast<std::ptrdiff_t>(begin);
  begin += count;
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

/// On the executor's thread, but for has_stopped and say().
struct Roster::State : std::enable_shared_from_this<State> {
  struct Peer {
    std::int64_t heard_at = 0;          ///< monotonic
    std::int64_t sequence = -1;         ///< of the last change that is known; -1 while the list is not
    std::vector<Attendance> list = {};  ///< the parts of a list that have come
  };

  State(Broker& a_broker, Presence& a_presence, Executor& an_executor, RosterOptions given)
      : broker(a_broker), presence(a_presence), executor(an_executor), options(given) {}

  void tick();
  void forget_the_silent();
  void flush();
  void hear(std::string const& node, Saying saying);
  void hear_beat(std::string const& node, Peer& peer, std::int64_t sequence);
  void hear_change(std::string const& node, Peer& peer, Saying const& saying);
  void hear_list(std::string const& node, Peer& peer, Saying saying);
  void answer(std::string const& node);
  void remove(std::string const& node);
  Speaker speaker_without(std::string const& node) const;
  void say(Saying const& saying, std::string const& to = {}) { broker.tell(std::string(kTopic), pack(saying), to); }
  void publish_peers();

  Broker& broker;
  Presence& presence;
  Executor& executor;
  RosterOptions const options;
  std::map<std::string, Peer> peers;
  std::set<std::string> gone;  ///< those who were given up, and may come back
  std::int64_t told = 0;       ///< changes
  std::vector<Attendance> changes;
  std::atomic<bool> has_stopped = false;
};

void Roster::State::tick() {
  if (has_stopped) return;
  say({.word = Word::beat, .sequence = told});
  forget_the_silent();
  executor.call_after(options.beat, [weak = weak_from_this()] {
    if (auto const state = weak.lock()) state->tick();
  });
}

void Roster::State::forget_the_silent() {
  bool const is_deaf = !broker.bus_state().is_connected;
  auto const time = monotonic_now();
  std::vector<std::string> silent;
  for (auto& [node, peer] : peers) {
    if (is_deaf) peer.heard_at = time;
    if (time - peer.heard_at > std::chrono::microseconds(options.patience).count()) silent.push_back(node);
  }
  for (auto const& node : silent) {
    log::warn("node {} is not heard of any more", node);
    if (gone.size() >= kMostGone) gone.clear();
    gone.insert(node);
    remove(node);
  }
}

/// Tells what has gathered.
void Roster::State::flush() {
  auto const all = std::exchange(changes, {});
  for (std::size_t begin = 0; begin < all.size();)
    say({.word = Word::change, .sequence = ++told, .attendances = next_part(all, begin)});
}

void Roster::State::hear(std::string const& node, Saying saying) {
  if (has_stopped) return;
  if (saying.word == Word::bye) return remove(node);
  auto const [place, is_new] = peers.try_emplace(node);
  auto& peer = place->second;
  peer.heard_at = monotonic_now();
  if (is_new) publish_peers();
  switch (saying.word) {
    case Word::beat: return hear_beat(node, peer, saying.sequence);
    case Word::change: return hear_change(node, peer, saying);
    case Word::ask: return answer(node);
    case Word::list: return hear_list(node, peer, std::move(saying));
    case Word::bye: return;
  }
}

void Roster::State::hear_beat(std::string const& node, Peer& peer, std::int64_t sequence) {
  if (peer.sequence != sequence) say({.word = Word::ask}, node);
}

void Roster::State::hear_change(std::string const& node, Peer& peer, Saying const& saying) {
  for (auto const& attendance : saying.attendances) presence.note(node, attendance);
  // Otherwise the next beat shows that something is missing.
  if (peer.sequence == saying.sequence - 1) peer.sequence = saying.sequence;
}

void Roster::State::hear_list(std::string const& node, Peer& peer, Saying saying) {
  if (saying.is_first) peer.list.clear();
  std::ranges::move(saying.attendances, std::back_inserter(peer.list));
  if (!saying.is_last) return;
  // Who has gone offline in everybody's eyes when the node fell silent comes online again with it.
  auto const speaker = gone.erase(node) > 0 ? speaker_without(node) : Speaker::elsewhere;
  presence.replace(node, std::exchange(peer.list, {}), speaker);
  peer.sequence = saying.sequence;
}

void Roster::State::answer(std::string const& node) {
  flush();
  auto const all = presence.attendances();
  std::size_t begin = 0;
  do {
    Saying part{.word = Word::list, .sequence = told};
    part.is_first = begin == 0;
    part.attendances = next_part(all, begin);
    part.is_last = begin == all.size();
    say(part, node);
  } while (begin < all.size());
}

void Roster::State::remove(std::string const& node) {
  if (peers.erase(node) == 0) return;
  publish_peers();
  presence.drop(node, speaker_without(node));
}

/// Of the nodes that are left, one speaks for the one that cannot.
Speaker Roster::State::speaker_without(std::string const& node) const {
  bool const is_first =
      std::ranges::all_of(peers, [&](auto const& entry) { return entry.first == node || broker.node() < entry.first; });
  return is_first ? Speaker::here : Speaker::elsewhere;
}

void Roster::State::publish_peers() {
  std::vector<std::string> names;
  for (auto const& [node, peer] : peers) names.push_back(node);
  broker.set_peers(std::move(names));
}

Roster::Roster(Broker& broker, Presence& presence, Executor& executor, RosterOptions options)
    : state_(std::make_shared<State>(broker, presence, executor, options)) {
  broker.on_note(std::string(kTopic), [weak = std::weak_ptr(state_)](Note const& note) {
    auto const state = weak.lock();
    auto saying = unpack_saying(note.body);
    if (!state || !saying) return;
    state->executor.post([weak, node = note.from, saying = *std::move(saying)]() mutable {
      if (auto const kept = weak.lock()) kept->hear(node, std::move(saying));
    });
  });
  presence.on_attendance([weak = std::weak_ptr(state_)](Attendance const& attendance) {
    auto const state = weak.lock();
    if (!state) return;
    state->changes.push_back(attendance);
    if (state->changes.size() > 1) return;
    // What else comes in this turn goes along.
    state->executor.post([weak] {
      if (auto const kept = weak.lock()) kept->flush();
    });
  });
}

Roster::~Roster() { stop(); }

void Roster::start() {
  state_->executor.post([weak = std::weak_ptr(state_)] {
    if (auto const state = weak.lock()) state->tick();
  });
}

void Roster::stop() {
  if (!state_->has_stopped.exchange(true)) state_->say({.word = Word::bye});
}

}  // namespace parlance::realtime
