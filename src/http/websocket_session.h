#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/live_socket.h"
#include "http/response.h"
#include "http/websocket.h"
#include "http/websocket_codec.h"

namespace parlance::http {

/// The WebSocket over a connection that has sent its 101.
class WebSocketSession final : public LiveSocket, public WebSocket {
 public:
  /// `input` is what the client sent behind its handshake.
  static void open(Worker& worker, Parts parts, WebSocketUpgrade upgrade, std::string input);

  WebSocketSession(Worker& worker, Parts parts, WebSocketOptions const& options, std::string input);

  bool send(SharedBuffer frame) override;
  bool send_text(std::string_view payload) override;
  bool send_binary(std::string_view payload) override;
  bool send_ping(std::string_view payload) override;
  void close(std::uint16_t code, std::string_view reason, CloseReason why) override;
  void set_on_message(std::function<Task<void>(std::string, bool)> handler) override;
  void set_on_close(std::function<void(std::uint16_t, std::string, CloseReason)> action) override;
  void set_on_pong(std::function<void(std::string_view)> action) override { on_pong_ = std::move(action); }
  void set_on_shutdown(std::function<void()> action) override { on_shutdown_ = std::move(action); }
  Executor& executor() const override { return worker().io(); }
  bool is_open() const override { return !ending_; }
  std::size_t queued_bytes() const override { return pending_bytes(); }
  void set_queue_limit(std::size_t bytes) override { set_limit(bytes); }
  void set_liveness(std::chrono::milliseconds ping_interval, std::chrono::milliseconds idle_timeout) override;

  void begin_shutdown() override;
  void abort() override;

 private:
  struct Message {
    std::string payload;
    bool is_text;
  };
  struct Ending {
    std::uint16_t code;
    std::string reason;
    CloseReason why;
  };
  using Handler = std::function<Task<void>(std::string, bool)>;

  bool wants_input() const override;
  void on_input(std::string_view bytes) override;
  void on_input_end() override;
  void on_broken() override { break_off({1006, {}, CloseReason::write_failed}); }
  void on_stalled() override;
  std::int64_t next_deadline() const override;
  void check_deadline(std::int64_t now) override;

  void decode(std::string_view bytes);
  void take(WebSocketEvent event);
  void fail(WebSocketFailure const& failure);
  void client_ended(Ending ending);
  void answer_client_end();
  void pump();
  static Task<void> run(std::shared_ptr<WebSocketSession> self);
  Task<bool> handle(Message message);
  void resume_input();
  void overflow();
  void say_goodbye(Ending ending);
  void report(Ending ending);
  void break_off(Ending ending);
  std::shared_ptr<WebSocketSession> self() { return std::static_pointer_cast<WebSocketSession>(shared_from_this()); }

  FrameDecoder decoder_;
  std::string input_;  // read, and not decoded while the inbox is full
  std::vector<Message> inbox_;
  std::shared_ptr<Handler> on_message_;
  std::function<void(std::uint16_t, std::string, CloseReason)> on_close_;
  std::function<void(std::string_view)> on_pong_;
  std::function<void()> on_shutdown_;
  std::unique_ptr<Ending> client_ending_;  // known, and waiting for the inbox to be handled
  std::unique_ptr<Ending> ending_;         // reported
  std::int64_t last_heard_;
  std::int64_t last_ping_;
  std::int64_t client_ending_deadline_ = 0;
  std::chrono::milliseconds ping_interval_;
  std::chrono::milliseconds idle_timeout_;
  std::uint16_t slow_reader_code_;
  std::uint16_t shutdown_code_;
  bool is_running_ = false;
  bool is_reading_over_ = false;  // the client has closed, failed or gone
};

}  // namespace parlance::http
