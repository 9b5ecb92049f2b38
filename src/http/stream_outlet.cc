#include "http/stream_outlet.h"

#include <utility>

namespace parlance::http {
namespace {

constexpr std::chrono::milliseconds kPatience{5'000};

}  // namespace

StreamOutlet::StreamOutlet(Worker& worker, Parts parts, std::string_view kind)
    : LiveSocket(worker, std::move(parts), kind, kDefaultQueueLimit) {}

void StreamOutlet::open(Worker& worker, Parts parts, StreamBody body) {
  auto const outlet = std::make_shared<StreamOutlet>(worker, std::move(parts), body.kind);
  outlet->begin();
  if (outlet->reason_) return;
  if (body.on_open) body.on_open(outlet);
  if (worker.is_stopping()) outlet->begin_shutdown();
}

bool StreamOutlet::send(SharedBuffer bytes) {
  if (reason_) return false;
  if (enqueue(std::move(bytes))) return true;
  break_off(CloseReason::slow_reader);
  return false;
}

void StreamOutlet::close(CloseReason reason) {
  if (reason_) return;
  auto const kept = shared_from_this();
  report(reason);
  end_later(Ending::when_sent, kPatience);
}

void StreamOutlet::on_close(std::function<void(CloseReason)> action) {
  if (reason_) return action(*reason_);
  on_close_ = std::move(action);
}

void StreamOutlet::begin_shutdown() {
  auto const kept = shared_from_this();
  if (auto const action = std::exchange(on_shutdown_, nullptr)) action();
  close(CloseReason::server_shutdown);
}

void StreamOutlet::abort() { break_off(CloseReason::server_shutdown); }

void StreamOutlet::report(CloseReason reason) {
  if (reason_) return;
  reason_ = reason;
  count_end(reason);
  on_shutdown_ = nullptr;
  if (auto const action = std::exchange(on_close_, nullptr)) action(reason);
}

void StreamOutlet::break_off(CloseReason reason) {
  auto const kept = shared_from_this();
  end_now();
  report(reason);
}

}  // namespace parlance::http
