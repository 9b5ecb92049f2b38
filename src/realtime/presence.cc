#include "realtime/presence.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/guarded.h"

namespace parlance::realtime {
namespace {

struct Person {
  std::string external_id;
  std::size_t connections = 0;     ///< to this process
  std::vector<std::string> nodes;  ///< the others that the user is connected to
  std::uint64_t generation = 0;    ///< grows whenever somebody comes, and when the last goes

  /// The last time that a node lost its last connection, and whether this node says so where nobody comes back.
  Timestamp left_at = 0;
  Speaker speaker = Speaker::here;

  bool is_connected() const { return connections > 0 || !nodes.empty(); }
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
  void tell_attendance(TenantId tenant, UserId user, Person const& person, Timestamp at);
  void enter(std::string const& node, Attendance const& attendance, Speaker speaker);
  void leave(std::string const& node, TenantId tenant, UserId user, Timestamp at, Speaker speaker);
  void left(TenantId tenant, UserId user, Person& person, Timestamp at, Speaker speaker);
  std::vector<Attendance> attendances_at(std::string const& node) const;

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
  std::vector<AttendanceListener> attendance_listeners;
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
    tell_attendance(tenant, user, person, now());
  });
}

void Presence::State::remove(TenantId tenant, UserId user) {
  tenants.with([&](auto& all) {
    auto& person = all.at(tenant).at(user);
    if (--person.connections > 0) return;
    auto const at = now();
    tell_attendance(tenant, user, person, at);
    left(tenant, user, person, at, Speaker::here);
  });
}

/// Under the lock. Whoever has lost the user last is the one to say that it is offline: all nodes see it alike. At the
/// same moment both do, rather than none.
void Presence::State::left(TenantId tenant, UserId user, Person& person, Timestamp at, Speaker speaker) {
  if (at > person.left_at || (at == person.left_at && speaker == Speaker::here)) {
    person.left_at = at;
    person.speaker = speaker;
  }
  if (!person.is_connected()) wait_for_return(tenant, user, ++person.generation);
}

/// As tell().
void Presence::State::tell_attendance(TenantId tenant, UserId user, Person const& person, Timestamp at) {
  if (attendance_listeners.empty()) return;
  Attendance attendance{tenant, user, person.external_id, person.connections > 0, at};
  executor.post([weak = weak_from_this(), attendance = std::move(attendance)] {
    auto const state = weak.lock();
    if (!state) return;
    for (auto const& listener : state->attendance_listeners) listener(attendance);
  });
}

void Presence::State::enter(std::string const& node, Attendance const& attendance, Speaker speaker) {
  tenants.with([&](auto& all) {
    auto const [place, is_new] = all[attendance.tenant].try_emplace(attendance.user);
    auto& person = place->second;
    if (is_new) person.external_id = attendance.external_id;
    if (std::ranges::find(person.nodes, node) != person.nodes.end()) return;
    person.nodes.push_back(node);
    ++person.generation;
    if (is_new && speaker == Speaker::here) tell(attendance.tenant, attendance.user, person, PresenceStep::online);
  });
}

void Presence::State::leave(std::string const& node, TenantId tenant, UserId user, Timestamp at, Speaker speaker) {
  tenants.with([&](auto& all) {
    auto const people = all.find(tenant);
    if (people == all.end()) return;
    auto const place = people->second.find(user);
    if (place == people->second.end()) return;
    auto& person = place->second;
    if (std::erase(person.nodes, node) > 0) left(tenant, user, person, at, speaker);
  });
}

/// To `node`, or to this process where that is empty.
std::vector<Attendance> Presence::State::attendances_at(std::string const& node) const {
  return tenants.with([&](auto const& all) {
    std::vector<Attendance> found;
    for (auto const& [tenant, people] : all) {
      for (auto const& [user, person] : people) {
        bool const is_there =
            node.empty() ? person.connections > 0 : std::ranges::find(person.nodes, node) != person.nodes.end();
        if (is_there) found.push_back({tenant, user, person.external_id, true, 0});
      }
    }
    return found;
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
    if (person.speaker == Speaker::here) tell(tenant, user, person, PresenceStep::offline);
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
void Presence::on_attendance(AttendanceListener listener) {
  state_->attendance_listeners.push_back(std::move(listener));
}

std::vector<Attendance> Presence::attendances() const { return state_->attendances_at(""); }

void Presence::note(std::string const& node, Attendance const& attendance) {
  if (attendance.is_connected) {
    state_->enter(node, attendance, Speaker::elsewhere);
  } else {
    state_->leave(node, attendance.tenant, attendance.user, attendance.at, Speaker::elsewhere);
  }
}

void Presence::replace(std::string const& node, std::vector<Attendance> const& all, Speaker speaker) {
  std::set<std::pair<TenantId, UserId>> there;
  for (auto const& attendance : all) {
    there.emplace(attendance.tenant, attendance.user);
    state_->enter(node, attendance, speaker);
  }
  for (auto const& known : state_->attendances_at(node))
    if (!there.contains({known.tenant, known.user})) state_->leave(node, known.tenant, known.user, now(), speaker);
}

void Presence::drop(std::string const& node, Speaker speaker) {
  for (auto const& known : state_->attendances_at(node)) state_->leave(node, known.tenant, known.user, now(), speaker);
}

Presence::Connection Presence::connect(TenantId tenant, UserId user, std::string_view external_id) {
  state_->add(tenant, user, external_id);
  return {state_, tenant, user};
}

bool Presence::is_online(TenantId tenant, UserId user) const {
  return state_->look(tenant, user, [](Person const* person) { return person != nullptr; });
}

bool Presence::is_connected(TenantId tenant, UserId user) const {
  return state_->look(tenant, user, [](Person const* person) { return person != nullptr && person->is_connected(); });
}

bool Presence::is_connected_here(TenantId tenant, UserId user) const { return connection_count(tenant, user) > 0; }

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
