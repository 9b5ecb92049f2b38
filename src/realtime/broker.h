#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/executor.h"
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

  /// Joins the bus. Error: unavailable.
  Result<void> start();
  /// Leaves it. Idempotent.
  void stop();

  /// Any thread, usually a lane's, right after the commit. Each hub gets the whole batch in one post.
  void publish(std::vector<model::LiveEvent> events);

  /// Any thread. To whoever is subscribed to one of its conversations or users, on any node.
  void send(Signal signal);

 private:
  void on_remote_events(std::vector<model::LiveEvent> events) override;
  void on_remote_signal(Signal signal) override;
  void on_remote_loss() override;

  void hand_out(std::vector<model::LiveEvent> events);
  void hand_out(Signal signal);

  std::vector<std::unique_ptr<Hub>> hubs_;
  std::unique_ptr<Bus> bus_;
  std::vector<EventListener> event_listeners_;
  std::vector<SignalListener> signal_listeners_;
  std::vector<LossListener> loss_listeners_;
};

}  // namespace parlance::realtime
