#pragma once

#include <cstdint>
#include <string_view>

#include "http/outgoing_queue.h"
#include "http/socket.h"
#include "http/worker.h"

namespace parlance::http {

/// What server-sent events and WebSockets have in common: a socket with a bounded queue, written once per tick, and a
/// client that may stall or go. Subclasses decide what ending means to their owner. I/O thread only.
class LiveSocket : public Peer, public Flushable, private TimerWheel::Timer {
 public:
  /// What a connection hands over.
  struct Parts {
    Socket socket;
    ConnectionPlace place;
    OutgoingQueue queue;  // the reply's head
  };

  void on_readable() override;
  void on_writable() override;
  void flush() override;

 protected:
  LiveSocket(Worker& worker, Parts parts, std::string_view kind, std::size_t queue_limit);
  ~LiveSocket() override;

  /// Starts reading and sends what is queued.
  void begin();
  /// Queues for the end of this tick. False where the queue is over its limit although all that the client takes was
  /// written; nothing is queued then.
  bool enqueue(SharedBuffer bytes);
  /// The same past any limit: a last word.
  void enqueue_last(SharedBuffer bytes);
  /// What nobody has begun to send is dropped, so that a last word gets through. False where the socket cannot do so.
  bool drop_queue();
  /// Ends once the queue has left and, where `peer_ends` says so, the client has ended its side; at the latest after
  /// `patience`.
  enum class Ending : std::uint8_t { when_sent, when_peer_ends };
  void end_later(Ending ending, std::chrono::milliseconds patience);
  /// Closes the socket. Twice is fine.
  void end_now();
  /// Counts an ending once, for metrics.
  void count_end(CloseReason reason);

  void resume_reading();
  /// Arms the timer for the nearest of all deadlines.
  void reschedule();
  static std::int64_t milliseconds_now();

  virtual bool wants_input() const { return true; }
  virtual void on_input(std::string_view bytes) = 0;
  virtual void on_input_end() = 0;
  virtual void on_broken() = 0;
  virtual void on_stalled() = 0;
  /// The subclass's next deadline, in milliseconds of milliseconds_now(); 0 for none.
  virtual std::int64_t next_deadline() const { return 0; }
  virtual void check_deadline(std::int64_t /*now*/) {}

  bool is_ended() const { return is_ended_; }
  std::size_t pending_bytes() const { return queue_.bytes(); }
  void set_limit(std::size_t bytes) { limit_ = bytes; }

 private:
  void on_timer() override;
  void write();

  Socket socket_;
  ConnectionPlace place_;
  OutgoingQueue queue_;
  std::string_view kind_;
  std::size_t limit_;
  std::int64_t blocked_since_ = 0;
  std::int64_t end_deadline_ = 0;
  bool is_dirty_ = false;
  bool is_blocked_ = false;
  bool waits_to_read_ = false;
  bool ends_when_sent_ = false;
  bool is_counted_ = false;
  bool is_ended_ = false;
};

}  // namespace parlance::http
