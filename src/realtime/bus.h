#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "model/event.h"
#include "realtime/signal.h"

namespace parlance::realtime {

/// A word from one part of this program to its like in the other nodes: at most once, and behind what the same node has
/// sent before.
struct Note {
  std::string topic;  ///< which part
  std::string from;   ///< the sender's node; set by the bus
  std::string to;     ///< one node; empty = all others
  std::string body;   ///< at most kMaxNoteBytes
};

inline constexpr std::size_t kMaxNoteBytes = 200 << 10;

/// Something has happened in a conversation, of which no more is known here than the log says.
struct Moved {
  TenantId tenant;
  ConversationId conversation;
  UserId subject;           ///< whom it put in or took out; none where nobody
  std::int64_t offset = 0;  ///< of the event
  friend bool operator==(Moved const&, Moved const&) = default;
};

/// What comes from the other nodes. Called on the bus's own threads (or any); what one node
/// has sent comes in its order.
class BusReceiver {
 public:
  virtual void on_remote_events(std::vector<model::LiveEvent> events) = 0;
  virtual void on_remote_signal(Signal signal) = 0;
  virtual void on_remote_note(Note const& note) = 0;

  /// Events that did not fit into a message.
  virtual void on_remote_moves(std::vector<Moved> moves) = 0;

  /// The connection to the other nodes was down: an unknown number of events has been missed.
  virtual void on_remote_loss() = 0;

 protected:
  ~BusReceiver() = default;
};

/// How the bus is doing; the counts are of this process's life.
struct BusState {
  bool is_shared = false;  ///< there may be other nodes
  bool is_connected = true;
  std::uint64_t sent = 0;      ///< messages
  std::uint64_t received = 0;  ///< of other nodes
  std::uint64_t dropped = 0;   ///< that could not be sent
  std::uint64_t misread = 0;   ///< that were not understood
  std::uint64_t losses = 0;    ///< times that others' messages may have been missed
  std::uint64_t queued_bytes = 0;
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
  virtual void tell(Note const& note) = 0;

  /// Any thread.
  virtual BusState state() const = 0;
};

/// The bus of a single process, the default: there are no other nodes.
std::unique_ptr<Bus> make_local_bus();

}  // namespace parlance::realtime
