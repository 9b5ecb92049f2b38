#include "realtime/presence.h"

#include <unordered_map>
#include <utility>

#include "base/guarded.h"

namespace parlance::realtime {
namespace {

struct Person {
  std::string external_id;
  std::size_t connections = 0;
  std::uint64_t generation = 0;  ///< grows whenever the connections come from or go to 0
};

using People = std::unordered_map<UserId, Person>;

}  // namespace

struct Presence::State : std::enable_shared_from_this<State> {
  State(Executor& timer, PresenceOptions presence_options) : executor(timer), options(presence_options) {}

  void add(TenantId tenant, UserId user, std::string_view external_id);
  void remove(TenantId tenant, UserId user);
  void wait_for_return(TenantId tenant, UserId user, std::uint64_t generation);
  void give_up(TenantId tenant, UserId user, std::uint64_t generation);
  void tell(TenantId tenant, UserId user, Person const& person, PresenceStep step);

  template <class Look>
  auto look(TenantId tenant, UserId user, Look look) const {
    return tenants.with([&](auto const& all) {
      auto const people = all.find(tenant);
      if (people == all.end()) return look(nullptr);
      auto const person = people->second.find(user);
      return look(person == people->second.end() ? nullptr : &person->second);
    });
  }

  Executor& executor;
  PresenceOptions const options;
  std::vector<Listener> listeners;
  Guarded<std::unordered_map<TenantId, People>> tenants;
};

/// Under the lock, so that posts have the order of the changes; posting never blocks and never runs the action.
void Presence::State::tell(TenantId tenant, UserId user, Person const& person, PresenceStep step) {
  executor.post([weak = weak_from_this(), change = PresenceChange{tenant, user, person.external_id, step, now()}] {
    auto const state = weak.lock();
    if (!state) return;
    for (auto const& listener : state->listeners) listener(change);
  });
}

void Presence::State::add(TenantId tenant, UserId user, std::string_view external_id) {
  tenants.with([&](auto& all) {
    auto const [place, is_new] = all[tenant].try_emplace(user);
    auto& person = place->second;
    if (is_new) person.external_id = external_id;
    if (++person.connections > 1) return;
    ++person.generation;
    if (is_new) tell(tenant, user, person, PresenceStep::online);
    tell(tenant, user, person, PresenceStep::connected);
  });
}

void Presence::State::remove(TenantId tenant, UserId user) {
  tenants.with([&](auto& all) {
    auto& person = all.at(tenant).at(user);
    if (--person.connections > 0) return;
    wait_for_return(tenant, user, ++person.generation);
  });
}

void Presence::State::wait_for_return(TenantId tenant, UserId user, std::uint64_t generation) {
  auto give_up = [weak = weak_from_this(), tenant, user, generation] {
    if (auto const state = weak.lock()) state->give_up(tenant, user, generation);
  };
  executor.post([&timer = executor, delay = options.grace, give_up] { timer.call_after(delay, give_up); });
}

void Presence::State::give_up(TenantId tenant, UserId user, std::uint64_t generation) {
  tenants.with([&](auto& all) {
    auto const people = all.find(tenant);
    if (people == all.end()) return;
    auto const place = people->second.find(user);
    if (place == people->second.end() || place->second.generation != generation) return;
    auto const person = std::move(place->second);
    people->second.erase(place);
    if (people->second.empty()) all.erase(people);
    tell(tenant, user, person, PresenceStep::offline);
  });
}

Presence::Connection& Presence::Connection::operator=(Connection&& other) noexcept {
  if (this == &other) return *this;
  close();
  state_ = std::move(other.state_);
  tenant_ = other.tenant_;
  user_ = other.user_;
  return *this;
}

void Presence::Connection::close() {
  if (auto const state = std::exchange(state_, nullptr)) state->remove(tenant_, user_);
}

Presence::Presence(Executor& executor, PresenceOptions options) : state_(std::make_shared<State>(executor, options)) {}
Presence::~Presence() = default;

void Presence::on_change(Listener listener) { state_->listeners.push_back(std::move(listener)); }

Presence::Connection Presence::connect(TenantId tenant, UserId user, std::string_view external_id) {
  state_->add(tenant, user, external_id);
  return {state_, tenant, user};
}

bool Presence::is_online(TenantId tenant, UserId user) const {
  return state_->look(tenant, user, [](Person const* person) { return person != nullptr; });
}

bool Presence::is_connected(TenantId tenant, UserId user) const { return connection_count(tenant, user) > 0; }

std::size_t Presence::connection_count(TenantId tenant, UserId user) const {
  return state_->look(tenant, user, [](Person const* person) { return person ? person->connections : 0; });
}

std::vector<UserId> Presence::online_users(TenantId tenant) const {
  return state_->tenants.with([&](auto const& all) {
    std::vector<UserId> users;
    if (auto const people = all.find(tenant); people != all.end())
      for (auto const& [user, person] : people->second) users.push_back(user);
    return users;
  });
}

}  // namespace parlance::realtime
