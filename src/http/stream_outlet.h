#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "http/live_socket.h"
#include "http/outlet.h"
#include "http/response.h"

namespace parlance::http {

/// The Outlet over a connection that has sent a StreamBody's head. What the client sends is thrown away.
class StreamOutlet final : public LiveSocket, public Outlet {
 public:
  static void open(Worker& worker, Parts parts, StreamBody body);

  StreamOutlet(Worker& worker, Parts parts, std::string_view kind);

  bool send(SharedBuffer bytes) override;
  void close(CloseReason reason) override;
  void on_close(std::function<void(CloseReason)> action) override;
  void on_shutdown(std::function<void()> action) override { on_shutdown_ = std::move(action); }
  Executor& executor() const override { return worker().io(); }
  bool is_open() const override { return !reason_; }
  std::size_t queued_bytes() const override { return pending_bytes(); }
  void set_queue_limit(std::size_t bytes) override { set_limit(bytes); }

  void begin_shutdown() override;
  void abort() override;

 private:
  void on_input(std::string_view) override {}
  void on_input_end() override { break_off(CloseReason::client_closed); }
  void on_broken() override { break_off(CloseReason::write_failed); }
  void on_stalled() override { break_off(CloseReason::slow_reader); }

  void report(CloseReason reason);
  void break_off(CloseReason reason);

  std::optional<CloseReason> reason_;
  std::function<void(CloseReason)> on_close_;
  std::function<void()> on_shutdown_;
};

}  // namespace parlance::http
