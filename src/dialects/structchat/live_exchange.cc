#include "dialects/structchat/live_exchange.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "core/threads.h"
#include "realtime/broker.h"

namespace parlance::structchat {
namespace {

using std::chrono::milliseconds;

/// Whether the event takes its thread to the top of the feeds that hold it: a message, or a change that counts as
/// activity. (A subject that was made of the messages does not.)
bool moves_thread(model::LiveEvent const& live) {
  if (live.event.kind == model::EventKind::message_added) return true;
  bool const is_change = live.event.kind == model::EventKind::conversation_updated && live.conversation;
  return is_change && live.conversation->updated_at >= live.event.created_at;
}

}  // namespace

LiveExchange::LiveExchange(api::Services& services, milliseconds away_after)
    : services_(services),
      sweep_interval_(std::clamp(away_after / 20, milliseconds(100), milliseconds(10'000))),
      board_(away_after) {}

void LiveExchange::listen() {
  auto& broker = services_.broker;
  broker.on_event([weak = weak_from_this()](model::LiveEvent const& live) {
    if (auto const self = weak.lock()) self->on_event(live);
  });
  broker.on_signal([weak = weak_from_this()](realtime::Signal const& signal) {
    if (auto const self = weak.lock()) self->on_signal(signal);
  });
  broker.on_move([weak = weak_from_this()](realtime::Moved const& move) {
    if (auto const self = weak.lock()) self->note(move.tenant, move.conversation);
  });
  broker.on_loss([weak = weak_from_this()] {
    auto const self = weak.lock();
    if (!self) return;
    for (auto const& desk : self->desks()) desk->note_loss();
  });
}

std::shared_ptr<FeedDesk> LiveExchange::desk(Executor& executor) {
  return desks_.with([&](auto& all) {
    for (auto const& desk : all)
      if (&desk->executor() == &executor) return desk;
    return all.emplace_back(std::make_shared<FeedDesk>(services_.reads, executor));
  });
}

void LiveExchange::enter(TenantId tenant, Executor& executor) {
  bool const was_sweeping = visitors_.with([&](auto& visitors) {
    ++visitors.counts[tenant];
    return std::exchange(visitors.is_sweeping, true);
  });
  if (!was_sweeping) sweep_later(executor);
}

void LiveExchange::leave(TenantId tenant) {
  visitors_.with([&](auto& visitors) {
    auto const found = visitors.counts.find(tenant);
    if (--found->second == 0) visitors.counts.erase(found);
  });
}

void LiveExchange::mark_active(core::Caller const& caller) {
  realtime::Signal signal;
  signal.tenant = caller.tenant;
  signal.kind = realtime::SignalKind::user_active;
  signal.actor = caller.user;
  signal.actor_external_id = caller.external_id;
  signal.at = now();
  services_.broker.send(std::move(signal));
}

std::vector<UserId> LiveExchange::active_users(TenantId tenant) const { return board_.active(tenant, monotonic_now()); }

void LiveExchange::on_event(model::LiveEvent const& live) {
  if (moves_thread(live)) note(live.event.tenant, live.event.conversation);
}

void LiveExchange::note(TenantId tenant, ConversationId thread) {
  bool const is_watched = visitors_.with([&](auto const& visitors) { return visitors.counts.contains(tenant); });
  if (!is_watched) return;
  for (auto const& desk : desks()) desk->note(tenant, thread);
}

void LiveExchange::on_signal(realtime::Signal const& signal) {
  if (signal.kind != realtime::SignalKind::user_active) return;
  bool const has_come = board_.mark(signal.tenant, signal.actor, monotonic_now());
  if (has_come) tell_presence(signal.tenant, PresenceStatus::active, {signal.actor});
}

std::vector<std::shared_ptr<FeedDesk>> LiveExchange::desks() const {
  return desks_.with([](auto const& all) { return all; });
}

void LiveExchange::tell_presence(TenantId tenant, PresenceStatus status, std::vector<UserId> const& users) const {
  for (auto const& desk : desks()) desk->note_presence(tenant, status, users);
}

void LiveExchange::sweep_later(Executor& executor) {
  executor.call_after(sweep_interval_, [weak = weak_from_this(), &executor] {
    if (auto const self = weak.lock()) self->sweep(executor);
  });
}

void LiveExchange::sweep(Executor& executor) {
  for (auto const& gone : board_.sweep(monotonic_now())) tell_presence(gone.tenant, PresenceStatus::away, gone.users);
  bool const goes_on = visitors_.with([](auto& visitors) { return visitors.is_sweeping = !visitors.counts.empty(); });
  if (goes_on) sweep_later(executor);
}

}  // namespace parlance::structchat
