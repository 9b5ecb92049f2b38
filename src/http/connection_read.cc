#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "http/connection.h"

namespace parlance::http {
namespace {

/// Replies to pipelined requests leave together, up to this.
constexpr std::size_t kGatherBytes = 64 << 10;

}  // namespace

bool Connection::wants_input() const {
  if (waits_to_write_ || !queue_.empty()) return false;
  if (is_streaming_body()) return !pipe_->is_full();
  return phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body;
}

void Connection::on_readable() {
  waits_to_read_ = false;
  if (phase_ == Phase::lingering) return discard_input();
  auto const kept = self();
  auto const scratch = worker().io().scratch();
  while (wants_input()) {
    auto const result = socket_.read(scratch);
    if (result.status == IoStatus::ended || result.status == IoStatus::failed) return on_input_end();
    if (result.status == IoStatus::wants_write) {
      waits_to_write_ = true;
      return socket_.wait_writable(kept);
    }
    if (result.status == IoStatus::would_block) break;
    worker().shared().received_bytes.Increment(static_cast<double>(result.bytes));
    turn({scratch.data(), result.bytes});
    // A short read has emptied the socket; TLS may hold more than the socket does.
    if (result.bytes < scratch.size() && !socket_.is_secure()) break;
  }
  settle();
}

void Connection::turn(std::string_view fresh) {
  is_turning_ = true;
  bool const is_buffered = !input_.empty();
  if (is_buffered) input_.append(fresh);
  std::string_view input = is_buffered ? std::string_view(input_) : fresh;
  do {
    process(input);
  } while (advance() && !input.empty());
  is_turning_ = false;
  if (input.empty()) {
    std::string().swap(input_);
  } else if (is_buffered) {
    input_.erase(0, input_.size() - input.size());
  } else {
    input_.assign(input);
  }
}

bool Connection::may_process() const {
  if (!queue_.empty() || output_.size() > kGatherBytes) return false;
  if (is_streaming_body()) return !pipe_->is_full();
  return phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body;
}

void Connection::process(std::string_view& input) {
  while (may_process()) {
    if (phase_ == Phase::idle) {
      if (input.empty()) return;
      start_request();
    }
    switch (incoming_->parser->feed(input)) {
      case RequestParser::Step::need_more: return push_piece();
      case RequestParser::Step::head: on_head(); break;
      case RequestParser::Step::done: on_request_end(); break;
      case RequestParser::Step::failed: on_parse_failure(); break;
    }
    // A reply that is only text makes way for the next request at once; both leave in one write.
    bool const is_plain = phase_ == Phase::sending && keeps_alive_ && !file_ && queue_.empty();
    if (is_plain && output_.size() <= kGatherBytes) phase_ = Phase::idle;
  }
}

void Connection::start_request() {
  auto const& limits = worker().options().limits;
  incoming_ = std::make_unique<Incoming>();
  incoming_->request = std::make_shared<Request>();
  auto& request = *incoming_->request;
  request.remote_address = remote_address_;
  request.is_secure = socket_.is_secure();
  request.set_executor(worker().io());
  incoming_->parser = RequestParser::create({limits.request_line, limits.header_block}, request);
  phase_ = Phase::head;
  worker().io().arm(*this, worker().options().timeouts.header);
}

void Connection::on_head() {
  auto& request = *incoming_->request;
  auto& parser = *incoming_->parser;
  auto const& limits = worker().options().limits;
  request.started = monotonic_now();
  is_modern_ = parser.is_modern();
  keeps_alive_ = parser.keeps_alive() && !worker().is_stopping();
  phase_ = Phase::body;
  worker().shared().router.find(request);
  auto const body = parser.announced_body();
  if (!request.rejection) request.rejection = check_head(request, body, limits.body);
  if (!body.exists()) {
    if (request.route != nullptr && request.route->streams_body) request.body_stream = BodyPipe::empty(worker().io());
    return parser.set_body_target(nullptr, 0);
  }
  bool const waits_for_go = request.headers.find("Expect").has_value();
  if (request.rejection) {
    // A modest body is read and thrown away, so that the connection lives on; another costs the connection.
    if (!waits_for_go && body.length.value_or(0) <= limits.body) return parser.set_body_target(nullptr, limits.body);
    keeps_alive_ = false;
    must_linger_ = true;
    return dispatch();
  }
  if (waits_for_go && is_modern_) output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  start_body(request.route->streams_body);
}

void Connection::start_body(bool is_streamed) {
  auto& request = *incoming_->request;
  auto const limit = body_limit(request, worker().options().limits.body);
  if (!is_streamed) return incoming_->parser->set_body_target(&request.body, limit);
  incoming_->parser->set_body_target(&incoming_->piece, limit);
  pipe_ = std::make_shared<BodyPipe>(worker().io(), [weak = weak_from_this()] {
    auto const kept = std::static_pointer_cast<Connection>(weak.lock());
    if (!kept || kept->is_turning_) return;
    kept->turn({});
    kept->settle();
  });
  request.body_stream = pipe_;
  dispatch();
}

void Connection::push_piece() {
  if (pipe_ && !incoming_->piece.empty()) pipe_->push(std::exchange(incoming_->piece, {}));
}

void Connection::on_request_end() {
  if (!pipe_) return dispatch();
  push_piece();
  pipe_->finish();
  pipe_.reset();
  incoming_.reset();
}

void Connection::on_parse_failure() {
  auto rejection = incoming_->parser->rejection();
  if (!pipe_) return refuse_and_close(std::move(rejection));
  push_piece();
  give_up_body(std::move(rejection.error));
}

void Connection::give_up_body(Error error) {
  keeps_alive_ = false;
  must_linger_ = true;
  if (!pipe_) return;
  pipe_->detach();
  std::exchange(pipe_, nullptr)->fail(std::move(error));
  incoming_.reset();
}

void Connection::on_input_end() {
  if (!is_streaming_body()) return close();
  give_up_body(Error{Errc::unavailable, "the client went away before its body was whole", {}, 0});
}

}  // namespace parlance::http
