#pragma once

#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/executor.h"
#include "http/body_stream.h"

namespace parlance::http {

/// The connection's end of a streamed request body.
class BodyPipe final : public BodyStream {
 public:
  static constexpr std::size_t kHighWater = 256 << 10;

  /// `on_room` runs when a full pipe has room again.
  BodyPipe(Executor& executor, std::function<void()> on_room);

  /// The pipe of a request without a body.
  static std::shared_ptr<BodyPipe> empty(Executor& executor);

  Task<Result<std::string>> read() override;

  void push(std::string piece);
  void finish();
  /// What read() says once the pieces that have come are taken. The first failure counts; none after finish().
  void fail(Error error);
  bool is_full() const { return waiting_bytes_ > kHighWater; }
  bool is_ended() const { return is_finished_ || failure_.has_value(); }
  /// The connection is gone: on_room is never called again.
  void detach() { on_room_ = nullptr; }

 private:
  struct Arrival;
  void wake();

  Executor& executor_;
  std::function<void()> on_room_;
  std::deque<std::string> pieces_;
  std::size_t waiting_bytes_ = 0;
  bool is_finished_ = false;
  std::optional<Error> failure_;
  std::coroutine_handle<> reader_;
};

}  // namespace parlance::http
