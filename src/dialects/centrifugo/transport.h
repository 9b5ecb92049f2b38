#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/executor.h"
#include "dialects/centrifugo/codes.h"
#include "http/outlet.h"
#include "http/websocket.h"

namespace parlance::centrifugo {

/// One reply or push on its way to a client.
struct Item {
  http::SharedBuffer text;  ///< a whole reply, or a push without its wrapping
  bool is_push = false;
  http::SharedBuffer frame;  ///< the same as a WebSocket frame of its own, where many clients get it
};

class Transport;

/// Ends the ticks of one executor: transports that have something to send do so together, after what is running now.
/// Executor's thread.
class Flusher {
 public:
  explicit Flusher(Executor& executor) : executor_(executor) {}
  void add(std::shared_ptr<Transport> transport);

 private:
  void flush();

  Executor& executor_;
  std::vector<std::shared_ptr<Transport>> dirty_;
};

/// The way to one client. What is sent within one tick leaves together. Executor's thread.
class Transport : public std::enable_shared_from_this<Transport> {
 public:
  virtual ~Transport() = default;

  void send(Item item);
  void send_reply(std::string text) { send({http::shared_buffer(std::move(text)), false, nullptr}); }
  void send_push(std::string text) { send({http::shared_buffer(std::move(text)), true, nullptr}); }

  /// Sends what waits now.
  void flush();

  /// Sends what waits, says why, and ends. Whoever owns the transport is told within this call.
  virtual void close(Disconnect const& why) = 0;

  /// Bytes that have not left yet.
  std::size_t waiting_bytes() const { return pending_bytes_ + backlog(); }

  virtual Executor& executor() const = 0;
  /// The client cannot send anything.
  virtual bool is_unidirectional() const { return false; }
  /// Whether Item::frame is of any use.
  virtual bool wants_frames() const { return false; }

 protected:
  explicit Transport(Flusher& flusher) : flusher_(flusher) {}

 private:
  virtual void write(std::span<Item const> items) = 0;
  virtual std::size_t backlog() const = 0;

  Flusher& flusher_;
  std::vector<Item> pending_;
  std::size_t pending_bytes_ = 0;
};

/// Replies and pushes as JSON text, one on each line, as many as fit in one frame.
class WebSocketTransport final : public Transport {
 public:
  WebSocketTransport(Flusher& flusher, std::shared_ptr<http::WebSocket> socket)
      : Transport(flusher), socket_(std::move(socket)) {}

  void close(Disconnect const& why) override;
  Executor& executor() const override { return socket_->executor(); }
  bool wants_frames() const override { return true; }

 private:
  void write(std::span<Item const> items) override;
  std::size_t backlog() const override { return socket_->queued_bytes(); }

  std::shared_ptr<http::WebSocket> socket_;
};

enum class StreamStyle : std::uint8_t {
  sse,              ///< server-sent events; the client sends through POST /emulation
  http_stream,      ///< lines; the same
  uni_sse,          ///< server-sent events of bare pushes; the client sends nothing
  uni_http_stream,  ///< lines of bare pushes
};

/// A reply that stays open.
class StreamTransport final : public Transport {
 public:
  StreamTransport(Flusher& flusher, std::shared_ptr<http::Outlet> outlet, StreamStyle style);

  void close(Disconnect const& why) override;
  Executor& executor() const override { return outlet_->executor(); }
  bool is_unidirectional() const override {
    return style_ == StreamStyle::uni_sse || style_ == StreamStyle::uni_http_stream;
  }

 private:
  void write(std::span<Item const> items) override;
  std::size_t backlog() const override { return outlet_->queued_bytes(); }

  std::shared_ptr<http::Outlet> outlet_;
  StreamStyle style_;
};

}  // namespace parlance::centrifugo
