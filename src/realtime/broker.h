#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/guarded.h"
#include "base/result.h"
#include "realtime/bus.h"
#include "realtime/hub.h"

namespace parlance::realtime {

/// Takes what the write lanes have committed to everybody who waits for it: the listeners in this process, the hub of
/// every I/O thread, the other nodes. Events of one conversation stay in order as long as one thread publishes them.
class Broker final : private BusReceiver {
 public:
  using EventListener = std::function<void(model::LiveEvent const&)>;
  using SignalListener = std::function<void(Signal const&)>;
  using LossListener = std::function<void()>;
  using MoveListener = std::function<void(Moved const&)>;
  using NoteListener = std::function<void(Note const&)>;

  /// Makes one hub for each executor. The executors must outlive the broker, and must have stopped before it goes.
  explicit Broker(std::vector<Executor*> const& executors, std::unique_ptr<Bus> bus = make_local_bus());
  ~Broker();

  /// The hub of an executor that the broker was made with.
  Hub& hub(Executor const& executor);

  /// Before start only. `listener` is called with each event, of this node and of others, on the publishing thread,
  /// before any subscriber gets it and, for events of this node, before the sender gets its answer: it must be quick.
  void on_event(EventListener listener);
  void on_signal(SignalListener listener);
  /// Called, on any thread, where events of other nodes may have been missed.
  void on_loss(LossListener listener);
  /// Called, on any thread, with what has happened on other nodes and came without its event.
  void on_move(MoveListener listener);
  /// Called, on the bus's thread, with the notes of a topic that other nodes have sent.
  void on_note(std::string topic, NoteListener listener);

  /// Joins the bus. Error: unavailable.
  Result<void> start();
  /// Leaves it. Idempotent.
  void stop();

  /// Any thread, usually a lane's, right after the commit. Each hub gets the whole batch in one post.
  void publish(std::vector<model::LiveEvent> events);

  /// Any thread. To whoever is subscribed to one of its conversations or users, on any node.
  void send(Signal signal);

  /// Any thread. To the same topic's listener on `to`, or on all other nodes where that is empty.
  void tell(std::string topic, std::string body, std::string to = {});

  /// Any thread. Events that the log holds and nobody has announced here: whoever follows their conversations, or is
  /// their subject, looks at the log.
  void point_out(std::vector<Moved> moves);

  /// Any thread. Nothing is certain any more: everybody looks at the log, and caches are dropped.
  void doubt();

  /// Other nodes that have been heard of lately, as the roster (roster.h) says. Any thread.
  std::vector<std::string> peers() const;
  void set_peers(std::vector<std::string> nodes);

  std::string const& node() const { return bus_->node(); }
  BusState bus_state() const { return bus_->state(); }

 private:
  void on_remote_events(std::vector<model::LiveEvent> events) override;
  void on_remote_signal(Signal signal) override;
  void on_remote_note(Note const& note) override;
  void on_remote_moves(std::vector<Moved> moves) override { point_out(std::move(moves)); }
  void on_remote_loss() override { doubt(); }

  void hand_out(std::vector<model::LiveEvent> events);
  void hand_out(Signal signal);

  std::vector<std::unique_ptr<Hub>> hubs_;
  std::unique_ptr<Bus> bus_;
  std::vector<EventListener> event_listeners_;
  std::vector<SignalListener> signal_listeners_;
  std::vector<LossListener> loss_listeners_;
  std::vector<MoveListener> move_listeners_;
  std::vector<std::pair<std::string, NoteListener>> note_listeners_;
  Guarded<std::vector<std::string>> peers_;
};

}  // namespace parlance::realtime
