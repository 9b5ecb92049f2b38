#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/executor.h"
#include "base/task.h"
#include "http/outlet.h"

namespace parlance::http {

struct WebSocketOptions {
  /// The subprotocol named in the handshake's reply; empty for none. Pick it from Request::websocket_protocols().
  std::string subprotocol;
  /// A ping goes out after this long without a word from the client; 0 for never.
  std::chrono::milliseconds ping_interval{25'000};
  /// The connection ends after this long without a byte from the client, pongs included; 0 for never.
  std::chrono::milliseconds idle_timeout{60'000};
  /// Bytes that may wait for a slow reader.
  std::size_t queue_limit = Outlet::kDefaultQueueLimit;
  /// The close code a slow reader sees (1008 by RFC 6455's register; a dialect may have its own).
  std::uint16_t slow_reader_code = 1008;
  /// The close code at shutdown (1001, going away).
  std::uint16_t shutdown_code = 1001;
  /// The longest message that is taken, over all its fragments; a longer one ends the connection with 1009.
  std::size_t max_message_bytes = 1 << 20;
  /// The label of metrics: which kind of stream this is.
  std::string_view kind = "websocket";
};

/// One RFC 6455 connection of a client. All that is sent within one tick of the executor leaves in one gathered write.
/// Every call is on the executor's thread. The queue is bounded and never drops: overflowing it closes the connection.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// Queues one prebuilt frame (shared_text_frame, shared_binary_frame), which any number of connections may share.
  /// False where the connection is closed, or was closed by this call.
  virtual bool send(SharedBuffer frame) = 0;
  /// The same for one text message of this connection alone. `payload` is UTF-8.
  virtual bool send_text(std::string_view payload) = 0;
  virtual bool send_binary(std::string_view payload) = 0;
  /// A ping now, outside the liveness timer; its answer arrives at on_pong.
  virtual bool send_ping(std::string_view payload) = 0;

  /// Sends a close frame behind what is queued (`reason` is cut to 123 bytes), waits a little for the client's, and
  /// ends. on_close runs within this call. Later calls do nothing.
  virtual void close(std::uint16_t code, std::string_view reason, CloseReason why = CloseReason::requested) = 0;

  /// `handler` gets each message; the next one waits until its task is done. At most 16 wait, after that nothing is
  /// read from the client. A coroutine lambda's captures must outlive its task: keep them in a shared object.
  virtual void set_on_message(std::function<Task<void>(std::string payload, bool is_text)> handler) = 0;

  /// Runs exactly once, when the connection ends; at once where it has ended. `code` is the client's close code where
  /// it began (1005 without one, 1006 without a handshake), else ours.
  virtual void set_on_close(std::function<void(std::uint16_t code, std::string reason, CloseReason why)> action) = 0;

  virtual void set_on_pong(std::function<void(std::string_view payload)> action) = 0;

  /// Runs when the server begins to stop, so that a last frame can be sent; after it the connection is closed with the
  /// shutdown code, unless the action closed it itself.
  virtual void set_on_shutdown(std::function<void()> action) = 0;

  virtual Executor& executor() const = 0;
  virtual bool is_open() const = 0;
  virtual std::size_t queued_bytes() const = 0;
  virtual void set_queue_limit(std::size_t bytes) = 0;
  /// Changes the times of the options, for a protocol that settles them after the handshake.
  virtual void set_liveness(std::chrono::milliseconds ping_interval, std::chrono::milliseconds idle_timeout) = 0;
};

/// One whole server frame, final and unmasked, for WebSocket::send. Any thread.
SharedBuffer shared_text_frame(std::string_view payload);
SharedBuffer shared_binary_frame(std::string_view payload);

}  // namespace parlance::http
