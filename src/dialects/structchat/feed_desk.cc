#include "dialects/structchat/feed_desk.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>

#include "base/log.h"
#include "dialects/structchat/websocket_session.h"

namespace parlance::structchat {
namespace {

/// Between two looks at the database. What comes meanwhile is looked up together.
constexpr std::chrono::milliseconds kRest{100};

/// What one look does, so that others get at the database too.
constexpr std::size_t kLooksPerRound = 64;
constexpr std::size_t kThreadsPerLook = 50;

/// Telling a session something may end it, and others.
std::vector<std::shared_ptr<Session>> kept(std::vector<Session*> const& sessions) {
  std::vector<std::shared_ptr<Session>> all;
  all.reserve(sessions.size());
  for (auto* const session : sessions) all.push_back(session->shared_from_this());
  return all;
}

}  // namespace

/// One look at the database for many connections.
struct FeedDesk::Round {
  struct Listener {
    std::weak_ptr<Session> session;
    std::uint64_t generation = 0;
    std::vector<ConversationId> threads;
  };
  using Key = std::tuple<TenantId, UserId, std::int64_t>;

  std::map<Key, std::size_t> places;  ///< in `looks`
  std::vector<FeedLook> looks;
  std::vector<std::vector<Listener>> listeners;  ///< beside `looks`
  std::vector<Result<std::vector<MovedThread>>> answers;
  bool is_full = false;      ///< more is due
  bool has_waiters = false;  ///< something is due for who is too slow to get it
};

void FeedDesk::note(TenantId tenant, ConversationId thread) {
  bool const is_first = notes_.with([&](auto& notes) {
    notes.emplace_back(tenant, thread);
    return notes.size() == 1;
  });
  if (!is_first) return;
  executor_.post([weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->take_notes();
  });
}

void FeedDesk::note_loss() {
  executor_.post([weak = weak_from_this()] {
    auto const self = weak.lock();
    if (!self) return;
    for (auto const& session : kept(self->sessions_)) session->tell_reset();
  });
}

void FeedDesk::note_presence(TenantId tenant, PresenceStatus status, std::vector<UserId> users) {
  executor_.post([weak = weak_from_this(), tenant, status, users = std::move(users)] {
    if (auto const self = weak.lock()) self->take_presence(tenant, status, users);
  });
}

void FeedDesk::take_presence(TenantId tenant, PresenceStatus status, std::vector<UserId> const& users) {
  auto const found = organisations_.find(tenant);
  if (found == organisations_.end()) return;
  auto& organisation = found->second;
  bool const is_first = organisation.gone.empty() && organisation.come.empty();
  auto& waiting = status == PresenceStatus::active ? organisation.come : organisation.gone;
  waiting.insert(waiting.end(), users.begin(), users.end());
  if (!is_first) return;
  executor_.call_after(kRest, [weak = weak_from_this(), tenant] {
    if (auto const self = weak.lock()) self->tell_presence(tenant);
  });
}

void FeedDesk::tell_presence(TenantId tenant) {
  auto const found = organisations_.find(tenant);
  if (found == organisations_.end()) return;
  auto const gone = std::exchange(found->second.gone, {});
  auto const come = std::exchange(found->second.come, {});
  for (auto const& session : kept(found->second.sessions)) {
    // Who has come back at once has come.
    if (!gone.empty()) session->tell_presence(PresenceStatus::away, gone);
    if (!come.empty()) session->tell_presence(PresenceStatus::active, come);
  }
}

void FeedDesk::join(Session& session) {
  organisations_[session.caller().tenant].sessions.push_back(&session);
  sessions_.push_back(&session);
}

void FeedDesk::leave(Session& session) {
  if (std::erase(sessions_, &session) == 0) return;
  auto const found = organisations_.find(session.caller().tenant);
  std::erase(found->second.sessions, &session);
  if (found->second.sessions.empty()) organisations_.erase(found);
}

void FeedDesk::take_notes() {
  auto const notes = notes_.with([](auto& all) { return std::exchange(all, {}); });
  for (auto const& [tenant, thread] : notes) {
    auto const found = organisations_.find(tenant);
    if (found != organisations_.end()) found->second.log.add(thread);
  }
  wake();
}

void FeedDesk::wake() {
  if (!std::exchange(is_busy_, true)) begin_round();
}

void FeedDesk::begin_round() {
  auto const round = std::make_shared<Round>();
  gather(*round);
  if (round->looks.empty()) {
    if (round->has_waiters) return rest();
    is_busy_ = false;
    return;
  }
  reads_.submit(
      [round](storage::Transaction& tx) -> Result<void> {
        round->answers.clear();
        for (auto const& look : round->looks) {
          auto answer = look_at_feed(tx, look);
          if (!answer && answer.error().code != Errc::not_found) return std::unexpected(answer.error());
          round->answers.push_back(std::move(answer));
        }
        return {};
      },
      [weak = weak_from_this(), round, &executor = executor_](Result<void> outcome) {
        executor.post([weak, round, outcome = std::move(outcome)] {
          if (auto const self = weak.lock()) self->finish_round(*round, outcome);
        });
      });
}

void FeedDesk::gather(Round& round) {
  std::vector<Session*> lost;
  auto const count = sessions_.size();
  for (std::size_t i = 0; i < count && !round.is_full; ++i) {
    auto& session = *sessions_[(next_session_ + i) % count];
    auto const& log = organisations_.at(session.caller().tenant).log;
    auto& watch = session.watch();
    if (!watch.has_due(log)) continue;
    if (!session.has_room()) {
      round.has_waiters = true;
    } else if (watch.has_lost(log)) {
      lost.push_back(&session);
    } else if (round.looks.size() == kLooksPerRound) {
      round.is_full = true;
      next_session_ = (next_session_ + i) % count;
    } else {
      add_to(round, session, watch.take(log, kThreadsPerLook));
    }
  }
  for (auto const& session : kept(lost)) {
    session->watch().reset(organisations_.at(session->caller().tenant).log);
    session->tell_reset();
  }
}

void FeedDesk::add_to(Round& round, Session& session, std::vector<ConversationId> threads) {
  auto const caller = session.caller();
  auto& watch = session.watch();
  Round::Key const key(caller.tenant, caller.user, watch.feed());
  auto const [place, is_new] = round.places.try_emplace(key, round.looks.size());
  if (is_new) {
    round.looks.push_back({.caller = caller, .feed = watch.feed(), .threads = {}, .unknown = {}});
    round.listeners.emplace_back();
  }
  auto& look = round.looks[place->second];
  for (auto const thread : threads) {
    if (std::ranges::find(look.threads, thread) == look.threads.end()) look.threads.push_back(thread);
    bool const is_asked = std::ranges::find(look.unknown, thread) != look.unknown.end();
    if (!watch.knows(thread) && !is_asked) look.unknown.push_back(thread);
  }
  round.listeners[place->second].push_back({session.weak_from_this(), watch.generation(), std::move(threads)});
}

void FeedDesk::finish_round(Round& round, Result<void> const& outcome) {
  if (!outcome) log::warn("feeds cannot be looked at: {}", outcome.error().message);
  for (std::size_t i = 0; i < round.looks.size(); ++i) {
    for (auto const& listener : round.listeners[i]) {
      auto const session = listener.session.lock();
      if (!session || session->watch().generation() != listener.generation) continue;
      if (!outcome) {
        session->tell_reset();
      } else if (!round.answers[i]) {
        session->lose_feed(round.answers[i].error());
      } else {
        session->tell_moved(*round.answers[i], listener.threads);
      }
    }
  }
  round.is_full ? begin_round() : rest();
}

void FeedDesk::rest() {
  executor_.call_after(kRest, [weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->begin_round();
  });
}

}  // namespace parlance::structchat
