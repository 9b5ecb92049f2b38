#pragma once

#include <cstdint>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "base/ids.h"
#include "realtime/bus.h"
#include "realtime/delivery.h"

namespace parlance::realtime {

/// Whoever is told of events: a connection, or a stream that feeds one. It belongs to one hub and is called on the
/// hub's executor only. Inside a callback it may subscribe, unsubscribe and destroy itself or any other subscriber.
class Subscriber {
 public:
  virtual void on_event(Delivery const& delivery) = 0;
  virtual void on_signal(SignalDelivery const& signal) = 0;

  /// Events may have been lost on the way from another node: whoever promises gapless delivery looks at the log.
  virtual void on_doubt() {}

  /// The same where it is known which event was lost.
  virtual void on_move(Moved const& move) {
    std::ignore = move;
    on_doubt();
  }

 protected:
  ~Subscriber() = default;

 private:
  friend class Hub;
  std::uint64_t last_round_ = 0;  ///< what the hub handed it last, so that nothing comes twice
};

/// Keeps a subscriber subscribed for as long as it lives. Executor's thread. Must go before its subscriber; may outlive
/// the hub. An empty one keeps nothing.
class Subscription {
 public:
  Subscription() noexcept;
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription();

  explicit operator bool() const { return entry_ != nullptr; }
  void cancel();

 private:
  friend class Hub;
  struct Entry;
  explicit Subscription(std::unique_ptr<Entry> entry);

  std::unique_ptr<Entry> entry_;
};

/// The subscribers of one I/O thread. Everything but the constructor: on its executor's thread.
class Hub {
 public:
  explicit Hub(Executor& executor);
  Hub(Hub const&) = delete;
  Hub& operator=(Hub const&) = delete;
  ~Hub();

  Executor& executor() const { return executor_; }

  /// Everything that is announced of one conversation, from the next event on. Subscribing twice delivers once.
  Subscription subscribe(TenantId tenant, ConversationId conversation, Subscriber& subscriber);

  /// What concerns one user: signals to it, and events that put it into a conversation or take it out (member_added,
  /// member_removed, member_left, conversation_created with that user as subject), change what it may do (user_changed,
  /// which is of no conversation), or change what anybody in the tenant may see (sight_changed, the same; see sight.h).
  Subscription subscribe_user(TenantId tenant, UserId user, Subscriber& subscriber);

  /// Hands each event, in order, once to every subscriber that matches. For the broker.
  void deliver(std::vector<Delivery> const& deliveries);
  void deliver(SignalDelivery const& signal);
  /// Tells every subscriber that events may be missing.
  void doubt();
  /// Tells those of the conversations, and of the users that are the events' subjects.
  void doubt(std::vector<Moved> const& moves);

  /// How many subscriptions there are.
  std::size_t size() const { return size_; }

 private:
  friend class Subscription;
  enum class TopicKind : std::uint8_t { conversation, user };
  struct Key {
    TenantId tenant;
    std::int64_t id = 0;
    TopicKind kind = TopicKind::conversation;
    friend bool operator==(Key const&, Key const&) = default;
  };
  struct KeyHash {
    std::size_t operator()(Key const& key) const noexcept;
  };
  struct Topic;
  using Topics = std::unordered_map<Key, std::unique_ptr<Topic>, KeyHash>;

  class Round;

  Subscription add(Key key, Subscriber& subscriber);
  void remove(Subscription::Entry& entry);
  void release(Topic& topic);
  template <class Call>
  void call(Topic& topic, Call const& call);
  template <class Call>
  void call(Key key, Call const& call);
  template <class Condition, class Call>
  void call_all(Condition const& condition, Call const& call);

  Executor& executor_;
  Topics topics_;
  std::size_t size_ = 0;
  std::uint64_t round_ = 0;
  bool is_delivering_ = false;
  std::vector<Topic*> holed_;  ///< topics that have lost a subscriber while delivering
};

}  // namespace parlance::realtime
