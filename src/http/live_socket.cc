#include "http/live_socket.h"

#include <algorithm>
#include <string>

#include "base/clock.h"

namespace parlance::http {
namespace {

/// Reads of one client before the others get their turn.
constexpr int kReadsPerTurn = 16;

}  // namespace

LiveSocket::LiveSocket(Worker& worker, Parts parts, std::string_view kind, std::size_t queue_limit)
    : Peer(worker),
      socket_(std::move(parts.socket)),
      place_(std::move(parts.place)),
      queue_(std::move(parts.queue)),
      kind_(kind),
      limit_(queue_limit) {
  worker.open_streams(kind_).Increment();
}

LiveSocket::~LiveSocket() { end_now(); }

std::int64_t LiveSocket::milliseconds_now() { return monotonic_now() / 1000; }

void LiveSocket::begin() {
  write();
  if (is_ended_) return;
  resume_reading();
  reschedule();
}

bool LiveSocket::enqueue(SharedBuffer bytes) {
  if (is_ended_) return false;
  if (queue_.bytes() + bytes->size() > limit_) {
    write();
    if (is_ended_ || queue_.bytes() + bytes->size() > limit_) return false;
  }
  enqueue_last(std::move(bytes));
  return true;
}

void LiveSocket::enqueue_last(SharedBuffer bytes) {
  if (is_ended_) return;
  queue_.push(std::move(bytes));
  if (is_dirty_ || is_blocked_) return;
  is_dirty_ = true;
  worker().io().flush_later(std::static_pointer_cast<LiveSocket>(shared_from_this()));
}

bool LiveSocket::drop_queue() {
  // OpenSSL wants a write that was refused repeated with the same bytes, which may span several buffers.
  if (socket_.is_secure()) return false;
  queue_.drop_unbegun();
  return true;
}

void LiveSocket::flush() {
  is_dirty_ = false;
  if (!is_blocked_ && !is_ended_) write();
}

void LiveSocket::write() {
  if (is_blocked_ || is_ended_) return;
  auto const result = socket_.drain(queue_);
  if (result.bytes > 0) worker().shared().sent_bytes.Increment(static_cast<double>(result.bytes));
  if (result.status == IoStatus::failed) return on_broken();
  if (result.status == IoStatus::done) {
    blocked_since_ = 0;
    if (ends_when_sent_) end_now();
    return;
  }
  is_blocked_ = true;
  bool const was_moving = blocked_since_ == 0 || result.bytes > 0;
  if (was_moving) blocked_since_ = milliseconds_now();
  socket_.wait_writable(shared_from_this());
  reschedule();
}

void LiveSocket::on_writable() {
  auto const kept = shared_from_this();
  is_blocked_ = false;
  if (is_ended_) return;
  write();
}

void LiveSocket::on_readable() {
  auto const kept = shared_from_this();
  waits_to_read_ = false;
  auto const scratch = worker().io().scratch();
  for (int reads = 0; !is_ended_ && wants_input(); ++reads) {
    if (reads == kReadsPerTurn) {
      waits_to_read_ = true;
      return worker().io().post([kept, this] { on_readable(); });
    }
    auto const result = socket_.read(scratch);
    if (result.status == IoStatus::ended || result.status == IoStatus::failed) return on_input_end();
    if (result.status == IoStatus::done) {
      worker().shared().received_bytes.Increment(static_cast<double>(result.bytes));
      on_input({scratch.data(), result.bytes});
      if (result.bytes == scratch.size() || socket_.is_secure()) continue;
    }
    if (!is_ended_ && wants_input() && !waits_to_read_) {
      waits_to_read_ = true;
      socket_.wait_readable(shared_from_this());
    }
    return;
  }
}

void LiveSocket::resume_reading() {
  if (waits_to_read_ || is_ended_) return;
  waits_to_read_ = true;
  // Posted rather than waited for: TLS may hold bytes that the socket has given up already.
  if (socket_.is_secure()) {
    worker().io().post([kept = shared_from_this(), this] { on_readable(); });
  } else {
    socket_.wait_readable(shared_from_this());
  }
}

void LiveSocket::end_later(Ending ending, std::chrono::milliseconds patience) {
  if (is_ended_) return;
  end_deadline_ = milliseconds_now() + patience.count();
  ends_when_sent_ = ending == Ending::when_sent;
  reschedule();
  write();
}

void LiveSocket::end_now() {
  if (is_ended_) return;
  is_ended_ = true;
  worker().io().cancel(*this);
  worker().open_streams(kind_).Decrement();
  queue_.clear();
  socket_.close();
  place_.reset();
  release();
}

void LiveSocket::count_end(CloseReason reason) {
  if (is_counted_) return;
  is_counted_ = true;
  worker().count_close(kind_, reason);
}

void LiveSocket::reschedule() {
  if (is_ended_) return;
  std::int64_t due = next_deadline();
  auto const consider = [&](std::int64_t time) { due = due == 0 ? time : std::min(due, time); };
  if (end_deadline_ != 0) consider(end_deadline_);
  if (is_blocked_) consider(blocked_since_ + worker().options().timeouts.write_stall.count());
  if (due == 0) return worker().io().cancel(*this);
  worker().io().arm(*this, std::chrono::milliseconds(std::max<std::int64_t>(0, due - milliseconds_now())));
}

void LiveSocket::on_timer() {
  auto const kept = shared_from_this();
  auto const now = milliseconds_now();
  if (is_ended_) return;
  if (end_deadline_ != 0 && now >= end_deadline_) {
    end_now();
  } else if (is_blocked_ && now - blocked_since_ >= worker().options().timeouts.write_stall.count()) {
    on_stalled();
  } else {
    check_deadline(now);
  }
  reschedule();
}

}  // namespace parlance::http
