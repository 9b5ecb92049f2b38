#include "realtime/hub.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "realtime/sight.h"

namespace parlance::realtime {

struct Hub::Topic {
  Key key;
  std::vector<Subscription::Entry*> entries;  ///< null where one has gone while delivering
  bool has_holes = false;
};

struct Subscription::Entry {
  Hub* hub;  ///< null once the hub has gone
  Hub::Topic* topic;
  Subscriber* subscriber;
  std::size_t index;  ///< in topic->entries
};

Subscription::Subscription() noexcept = default;
Subscription::Subscription(Subscription&& other) noexcept = default;
Subscription::Subscription(std::unique_ptr<Entry> entry) : entry_(std::move(entry)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  std::swap(entry_, other.entry_);
  other.cancel();
  return *this;
}

Subscription::~Subscription() { cancel(); }

void Subscription::cancel() {
  auto const entry = std::move(entry_);
  if (entry && entry->hub) entry->hub->remove(*entry);
}

/// While it lives, events are being handed out and no topic moves.
class Hub::Round {
 public:
  explicit Round(Hub& hub) : hub_(hub) {
    assert(!hub.is_delivering_ && hub.executor_.is_current());
    hub_.is_delivering_ = true;
  }

  ~Round() {
    hub_.is_delivering_ = false;
    for (auto* const topic : std::exchange(hub_.holed_, {})) hub_.release(*topic);
  }

 private:
  Hub& hub_;
};

Hub::Hub(Executor& executor) : executor_(executor) {}

Hub::~Hub() {
  for (auto const& [key, topic] : topics_)
    for (auto* const entry : topic->entries)
      if (entry) entry->hub = nullptr;
}

std::size_t Hub::KeyHash::operator()(Key const& key) const noexcept {
  auto hash = static_cast<std::uint64_t>(key.id) * 0x9E3779B97F4A7C15ULL;
  hash ^= (static_cast<std::uint64_t>(key.tenant.value) + static_cast<std::uint64_t>(key.kind) * 0x9E37ULL) *
          0xC2B2AE3D27D4EB4FULL;
  return hash ^ (hash >> 32);
}

Subscription Hub::subscribe(TenantId tenant, ConversationId conversation, Subscriber& subscriber) {
  return add({tenant, conversation.value, TopicKind::conversation}, subscriber);
}

Subscription Hub::subscribe_user(TenantId tenant, UserId user, Subscriber& subscriber) {
  return add({tenant, user.value, TopicKind::user}, subscriber);
}

Subscription Hub::add(Key key, Subscriber& subscriber) {
  auto& topic = topics_[key];
  if (!topic) topic = std::make_unique<Topic>(Topic{.key = key, .entries = {}});
  auto entry = std::make_unique<Subscription::Entry>(Subscription::Entry{
      .hub = this, .topic = topic.get(), .subscriber = &subscriber, .index = topic->entries.size()});
  topic->entries.push_back(entry.get());
  ++size_;
  return Subscription(std::move(entry));
}

void Hub::remove(Subscription::Entry& entry) {
  auto& topic = *entry.topic;
  --size_;
  if (is_delivering_) {
    topic.entries[entry.index] = nullptr;
    if (!std::exchange(topic.has_holes, true)) holed_.push_back(&topic);
    return;
  }
  topic.entries[entry.index] = topic.entries.back();
  topic.entries[entry.index]->index = entry.index;
  topic.entries.pop_back();
  release(topic);
}

void Hub::release(Topic& topic) {
  if (std::exchange(topic.has_holes, false)) {
    std::erase(topic.entries, nullptr);
    for (std::size_t index = 0; index < topic.entries.size(); ++index) topic.entries[index]->index = index;
  }
  if (topic.entries.empty()) topics_.erase(Key(topic.key));
}

template <class Call>
void Hub::call(Topic& topic, Call const& call) {
  // The vector may grow and get holes meanwhile; whoever joins now is not called.
  for (std::size_t index = 0, size = topic.entries.size(); index < size; ++index) {
    auto const* const entry = topic.entries[index];
    if (!entry || std::exchange(entry->subscriber->last_round_, round_) == round_) continue;
    call(*entry->subscriber);
  }
}

template <class Call>
void Hub::call(Key key, Call const& call) {
  auto const found = topics_.find(key);
  if (found != topics_.end()) this->call(*found->second, call);
}

/// The same for every topic that the condition is true of. A callback that subscribes may rehash the map, so its topics
/// are collected first; none goes before the end of the round.
template <class Condition, class Call>
void Hub::call_all(Condition const& condition, Call const& call) {
  std::vector<Topic*> topics;
  for (auto const& [key, topic] : topics_)
    if (condition(key)) topics.push_back(topic.get());
  for (auto* const topic : topics) this->call(*topic, call);
}

namespace {

bool concerns_subject(model::EventKind kind) {
  using enum model::EventKind;
  return kind == member_added || kind == conversation_created || sight_loss(kind) == SightLoss::user;
}

}  // namespace

void Hub::deliver(std::vector<Delivery> const& deliveries) {
  Round const round(*this);
  for (auto const& delivery : deliveries) {
    ++round_;
    auto const& event = delivery->event;
    auto const hand = [&](Subscriber& subscriber) { subscriber.on_event(delivery); };
    call({event.tenant, event.conversation.value, TopicKind::conversation}, hand);
    if (event.subject && concerns_subject(event.kind)) call({event.tenant, event.subject.value, TopicKind::user}, hand);
    if (sight_loss(event.kind) == SightLoss::tenant) {
      auto const is_concerned = [&](Key const& key) {
        return key.kind == TopicKind::user && key.tenant == event.tenant;
      };
      call_all(is_concerned, hand);
    }
  }
}

void Hub::deliver(SignalDelivery const& signal) {
  Round const round(*this);
  ++round_;
  auto const hand = [&](Subscriber& subscriber) { subscriber.on_signal(signal); };
  for (auto const conversation : signal->conversations)
    call({signal->tenant, conversation.value, TopicKind::conversation}, hand);
  for (auto const user : signal->users) call({signal->tenant, user.value, TopicKind::user}, hand);
}

void Hub::doubt() {
  Round const round(*this);
  ++round_;
  call_all([](Key const&) { return true; }, [](Subscriber& subscriber) { subscriber.on_doubt(); });
}

void Hub::doubt(std::vector<Moved> const& moves) {
  Round const round(*this);
  for (auto const& move : moves) {
    ++round_;
    auto const hand = [&](Subscriber& subscriber) { subscriber.on_move(move); };
    call({move.tenant, move.conversation.value, TopicKind::conversation}, hand);
    if (move.subject) call({move.tenant, move.subject.value, TopicKind::user}, hand);
  }
}

}  // namespace parlance::realtime
