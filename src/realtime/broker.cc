#include "realtime/broker.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace parlance::realtime {
namespace {

/// False for what only wakes or invalidates something in the process.
bool has_audience(model::EventKind kind) {
  switch (kind) {
    using enum model::EventKind;
    case message_added:
    case message_edited:
    case message_deleted:
    case message_previewed:
    case reaction_added:
    case reaction_removed:
    case message_pinned:
    case message_unpinned:
    case member_added:
    case member_removed:
    case member_left:
    case member_updated:
    case read_moved:
    case conversation_created:
    case conversation_updated:
    case conversation_archived:
    case publication:
    case personal:
    case delivered_moved:
    case user_changed:
    case sight_changed: return true;
    case notification_created:
    case tenant_changed:
    case job_added: return false;
  }
  return false;
}

/// A node works on its own jobs; the others look at the queue by themselves now and then.
bool concerns_others(model::LiveEvent const& live) { return live.event.kind != model::EventKind::job_added; }

}  // namespace

Broker::Broker(std::vector<Executor*> const& executors, std::unique_ptr<Bus> bus) : bus_(std::move(bus)) {
  for (auto* const executor : executors) hubs_.push_back(std::make_unique<Hub>(*executor));
}

Broker::~Broker() { stop(); }

Hub& Broker::hub(Executor const& executor) {
  for (auto const& hub : hubs_)
    if (&hub->executor() == &executor) return *hub;
  throw std::logic_error("the broker has no hub for this executor");
}

void Broker::on_event(EventListener listener) { event_listeners_.push_back(std::move(listener)); }
void Broker::on_signal(SignalListener listener) { signal_listeners_.push_back(std::move(listener)); }
void Broker::on_loss(LossListener listener) { loss_listeners_.push_back(std::move(listener)); }
void Broker::on_move(MoveListener listener) { move_listeners_.push_back(std::move(listener)); }
void Broker::on_note(std::string topic, NoteListener listener) {
  note_listeners_.emplace_back(std::move(topic), std::move(listener));
}

Result<void> Broker::start() { return bus_->start(*this); }
void Broker::stop() { bus_->stop(); }

void Broker::publish(std::vector<model::LiveEvent> events) {
  if (events.empty()) return;
  if (std::ranges::all_of(events, concerns_others)) {
    bus_->publish(events);
  } else {
    std::vector<model::LiveEvent> shared;
    std::ranges::copy_if(events, std::back_inserter(shared), concerns_others);
    if (!shared.empty()) bus_->publish(shared);
  }
  hand_out(std::move(events));
}

void Broker::send(Signal signal) {
  bus_->send(signal);
  hand_out(std::move(signal));
}

void Broker::on_remote_events(std::vector<model::LiveEvent> events) { hand_out(std::move(events)); }
void Broker::on_remote_signal(Signal signal) { hand_out(std::move(signal)); }

void Broker::on_remote_note(Note const& note) {
  for (auto const& [topic, listener] : note_listeners_)
    if (topic == note.topic) listener(note);
}

void Broker::tell(std::string topic, std::string body, std::string to) {
  bus_->tell({.topic = std::move(topic), .from = node(), .to = std::move(to), .body = std::move(body)});
}

std::vector<std::string> Broker::peers() const {
  return peers_.with([](auto const& nodes) { return nodes; });
}

void Broker::set_peers(std::vector<std::string> nodes) {
  peers_.with([&](auto& known) { known = std::move(nodes); });
}

void Broker::point_out(std::vector<Moved> moves) {
  if (moves.empty()) return;
  for (auto const& listener : move_listeners_)
    for (auto const& move : moves) listener(move);
  auto const shared = std::make_shared<std::vector<Moved> const>(std::move(moves));
  for (auto const& hub : hubs_) hub->executor().post([hub = hub.get(), shared] { hub->doubt(*shared); });
}

void Broker::doubt() {
  for (auto const& listener : loss_listeners_) listener();
  for (auto const& hub : hubs_) hub->executor().post([hub = hub.get()] { hub->doubt(); });
}

void Broker::hand_out(std::vector<model::LiveEvent> events) {
  for (auto const& listener : event_listeners_)
    for (auto const& live : events) listener(live);
  auto const deliveries = std::make_shared<std::vector<Delivery>>();
  deliveries->reserve(events.size());
  for (auto& live : events)
    if (has_audience(live.event.kind)) deliveries->emplace_back(std::move(live));
  if (deliveries->empty()) return;
  for (auto const& hub : hubs_) hub->executor().post([hub = hub.get(), deliveries] { hub->deliver(*deliveries); });
}

void Broker::hand_out(Signal signal) {
  for (auto const& listener : signal_listeners_) listener(signal);
  SignalDelivery const delivery(std::move(signal));
  for (auto const& hub : hubs_) hub->executor().post([hub = hub.get(), delivery] { hub->deliver(delivery); });
}

}  // namespace parlance::realtime
