#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "realtime/signal.h"

namespace parlance::realtime {

/// What comes from the other nodes. Called on the bus's own thread (or any), one call at a time.
class BusReceiver {
 public:
  virtual void on_remote_events(std::vector<model::LiveEvent> events) = 0;
  virtual void on_remote_signal(Signal signal) = 0;

  /// The connection to the other nodes was down: an unknown number of events has been missed.
  virtual void on_remote_loss() = 0;

 protected:
  ~BusReceiver() = default;
};

/// One node's end of what joins all nodes over one database. It carries what is durable already, so it may lose
/// messages, repeat them, and reorder those of different senders: streams heal from the log.
class Bus {
 public:
  virtual ~Bus() = default;

  /// This node among the others: unique for each start of a process.
  virtual std::string const& node() const = 0;

  /// Joins. From now on `receiver` gets what other nodes publish, never what this one does. Error: unavailable.
  virtual Result<void> start(BusReceiver& receiver) = 0;
  /// After it has returned the receiver is not called any more. Idempotent.
  virtual void stop() = 0;

  /// Any thread, never blocking; to the other nodes only. Events of one conversation come from one thread, in order.
  virtual void publish(std::vector<model::LiveEvent> const& events) = 0;
  virtual void send(Signal const& signal) = 0;
};

/// The bus of a single process, the default: there are no other nodes.
std::unique_ptr<Bus> make_local_bus();

}  // namespace parlance::realtime
