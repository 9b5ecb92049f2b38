#include "http/body_pipe.h"

#include <utility>

namespace parlance::http {

struct BodyPipe::Arrival {
  BodyPipe& pipe;

  bool await_ready() const noexcept { return !pipe.pieces_.empty() || pipe.is_ended(); }
  void await_suspend(std::coroutine_handle<> awaiter) noexcept { pipe.reader_ = awaiter; }
  void await_resume() const noexcept {}
};

BodyPipe::BodyPipe(Executor& executor, std::function<void()> on_room)
    : executor_(executor), on_room_(std::move(on_room)) {}

std::shared_ptr<BodyPipe> BodyPipe::empty(Executor& executor) {
  auto pipe = std::make_shared<BodyPipe>(executor, nullptr);
  pipe->finish();
  return pipe;
}

Task<Result<std::string>> BodyPipe::read() {
  co_await Arrival{*this};
  if (!pieces_.empty()) {
    bool const was_full = is_full();
    auto piece = std::move(pieces_.front());
    pieces_.pop_front();
    waiting_bytes_ -= piece.size();
    if (was_full && !is_full() && on_room_) on_room_();
    co_return piece;
  }
  if (failure_) co_return std::unexpected(*failure_);
  co_return std::string();
}

void BodyPipe::push(std::string piece) {
  if (piece.empty() || is_ended()) return;
  waiting_bytes_ += piece.size();
  pieces_.push_back(std::move(piece));
  wake();
}

void BodyPipe::finish() {
  if (is_ended()) return;
  is_finished_ = true;
  wake();
}

void BodyPipe::fail(Error error) {
  if (is_ended()) return;
  failure_ = std::move(error);
  wake();
}

void BodyPipe::wake() {
  auto const reader = std::exchange(reader_, nullptr);
  if (reader) executor_.post([reader] { reader.resume(); });
}

}  // namespace parlance::http
