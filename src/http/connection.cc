#include "http/connection.h"

#include <unistd.h>

#include <cerrno>
#include <exception>
#include <utility>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/response_head.h"
#include "http/stream_outlet.h"
#include "http/websocket_session.h"

namespace parlance::http {
namespace {

constexpr std::size_t kFilePiece = 64 << 10;
constexpr int kPiecesPerTurn = 16;
/// A larger body is sent from where it is, a smaller one is copied behind its head.
constexpr std::size_t kCopiedBody = 16 << 10;
constexpr std::chrono::milliseconds kLinger{2'000};

bool has_body(Request const& request, Response const& response) {
  return request.method != Method::head && response.status >= 200 && response.status != 204 && response.status != 304;
}

}  // namespace

void Connection::start(Worker& worker, Socket socket, std::string remote_address) {
  auto const connection = std::make_shared<Connection>(worker, std::move(socket), std::move(remote_address));
  connection->settle();
}

Connection::Connection(Worker& worker, Socket socket, std::string remote_address)
    : Peer(worker),
      socket_(std::move(socket)),
      place_(take_place(worker.shared())),
      remote_address_(std::move(remote_address)) {}

Connection::~Connection() {
  if (pipe_) pipe_->detach();
}

void Connection::begin_shutdown() {
  keeps_alive_ = false;
  if (phase_ == Phase::idle) close();
}

void Connection::dispatch() {
  phase_ = Phase::handling;
  if (!pipe_) worker().io().cancel(*this);
  auto request = incoming_->request;
  if (!pipe_) incoming_.reset();
  spawn(serve(self(), std::move(request)));
}

void Connection::refuse_and_close(Rejection rejection) {
  auto& request = *incoming_->request;
  if (request.started == 0) request.started = monotonic_now();
  request.rejection = std::move(rejection);
  keeps_alive_ = false;
  must_linger_ = true;
  dispatch();
}

Task<void> Connection::serve(std::shared_ptr<Connection> self, std::shared_ptr<Request> request) {
  // The pipeline catches what handlers throw; what is left are an upgrade's callbacks.
  std::string what;
  try {
    auto response = co_await self->worker().shared().pipeline.run(*request);
    self->respond(*request, std::move(response));
    co_return;
  } catch (std::exception const& exception) {
    what = exception.what();
  }
  std::string line;
  append_json_string(line, "request " + request->id + " threw while it was answered: " + what);
  log::error("{}", line);
  self->is_turning_ = false;
  self->close();
}

void Connection::respond(Request const& request, Response response) {
  if (phase_ != Phase::handling) return;
  if (pipe_) give_up_body(Error{Errc::unavailable, "the reply was given before the body was read", {}, 0});
  if (worker().is_stopping()) keeps_alive_ = false;
  bool const sends_body = has_body(request, response) || response.status == 101;
  bool const is_live =
      std::holds_alternative<StreamBody>(response.body) || std::holds_alternative<WebSocketUpgrade>(response.body);
  ReplyFraming framing{.is_modern = is_modern_};
  if (auto const* text = std::get_if<std::string>(&response.body)) framing.length = text->size();
  if (auto const* file = std::get_if<FileBody>(&response.body)) framing.length = file->length;
  if (is_live) keeps_alive_ = false;
  framing.keeps_alive = keeps_alive_;
  append_head(output_, response, framing, request.id, worker().io().http_date());
  phase_ = Phase::sending;
  if (sends_body && is_live) {
    live_ = std::make_unique<Response>(std::move(response));
    phase_ = Phase::switching;
  } else if (sends_body) {
    queue_body(std::move(response));
  }
  if (is_turning_) return;
  turn({});
  settle();
}

void Connection::queue_body(Response response) {
  if (auto* file = std::get_if<FileBody>(&response.body)) {
    if (file->length > 0) file_ = std::make_unique<FileBody>(std::move(*file));
    return;
  }
  auto& text = std::get<std::string>(response.body);
  if (text.size() <= kCopiedBody) {
    output_ += text;
    return;
  }
  queue_.push(shared_buffer(std::exchange(output_, {})));
  queue_.push(shared_buffer(std::move(text)));
}

/// False where the connection broke and is closed now.
bool Connection::write_output() {
  if (queue_.empty() && !output_.empty()) {
    iovec const piece{output_.data(), output_.size()};
    auto const result = socket_.write({&piece, 1});
    if (result.status == IoStatus::failed) return close(), false;
    worker().shared().sent_bytes.Increment(static_cast<double>(result.bytes));
    if (result.bytes < output_.size()) queue_.push(shared_buffer(output_.substr(result.bytes)));
    output_.clear();
  } else if (!output_.empty()) {
    queue_.push(shared_buffer(std::exchange(output_, {})));
  }
  if (queue_.empty()) return true;
  auto const result = socket_.drain(queue_);
  worker().shared().sent_bytes.Increment(static_cast<double>(result.bytes));
  return result.status != IoStatus::failed || (close(), false);
}

/// False where the file is shorter than promised, or broken.
bool Connection::refill_from_file() {
  std::string piece(std::min<std::uint64_t>(file_->length, kFilePiece), '\0');
  ssize_t count = 0;
  do {
    count = ::pread(file_->file.get(), piece.data(), piece.size(), static_cast<off_t>(file_->offset));
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  piece.resize(static_cast<std::size_t>(count));
  file_->offset += piece.size();
  file_->length -= piece.size();
  if (file_->length == 0) file_.reset();
  queue_.push(shared_buffer(std::move(piece)));
  return true;
}

/// Writes what can be written. False where the connection is closed now.
bool Connection::flush() {
  if (phase_ == Phase::switching) return true;  // The stream takes it along.
  if (!write_output()) return false;
  for (int piece = 0; queue_.empty() && file_ && piece < kPiecesPerTurn; ++piece) {
    if (!refill_from_file()) return close(), false;
    if (!write_output()) return false;
  }
  return true;
}

/// Sends, and says whether the next request may be looked at.
bool Connection::advance() {
  if (phase_ == Phase::closed || !flush()) return false;
  if (phase_ != Phase::sending || !queue_.empty() || file_ || !keeps_alive_) return false;
  phase_ = Phase::idle;
  return true;
}

/// Ends a turn: waits for whatever comes next.
void Connection::settle() {
  if (phase_ == Phase::closed || phase_ == Phase::lingering) return;
  if (phase_ == Phase::switching) return hand_off();
  if (!queue_.empty() || file_) {
    if (!waits_to_write_) socket_.wait_writable(shared_from_this());
    waits_to_write_ = true;
    return worker().io().arm(*this, worker().options().timeouts.write_stall);
  }
  if (phase_ == Phase::sending) return finish();
  if (phase_ == Phase::idle && (worker().is_stopping() || !keeps_alive_)) return finish();
  if (phase_ == Phase::idle && output_.capacity() > 0) std::string().swap(output_);
  arm_for_phase();
  if (wants_input() && !waits_to_read_) {
    waits_to_read_ = true;
    socket_.wait_readable(shared_from_this());
  }
}

void Connection::arm_for_phase() {
  auto const& timeouts = worker().options().timeouts;
  if (phase_ == Phase::idle) worker().io().arm(*this, timeouts.keep_alive);
  // The head's time runs from its first byte, set in start_request.
  if (phase_ == Phase::body || is_streaming_body()) worker().io().arm(*this, timeouts.body_progress);
  if (phase_ == Phase::handling && (!pipe_ || pipe_->is_full())) worker().io().cancel(*this);
}

void Connection::on_writable() {
  waits_to_write_ = false;
  auto const kept = self();
  if (phase_ == Phase::closed) return;
  if (queue_.empty() && !file_) return on_readable();  // A TLS handshake had to write.
  turn({});
  settle();
}

void Connection::hand_off() {
  auto const live = std::move(live_);
  if (!output_.empty()) queue_.push(shared_buffer(std::exchange(output_, {})));
  phase_ = Phase::closed;
  worker().io().cancel(*this);
  release();
  LiveSocket::Parts parts{std::move(socket_), std::move(place_), std::move(queue_)};
  if (auto* stream = std::get_if<StreamBody>(&live->body)) {
    StreamOutlet::open(worker(), std::move(parts), std::move(*stream));
  } else {
    WebSocketSession::open(worker(), std::move(parts), std::move(std::get<WebSocketUpgrade>(live->body)),
                           std::exchange(input_, {}));
  }
}

/// The last reply has left.
void Connection::finish() {
  if (!must_linger_ && input_.empty()) return close();
  socket_.end_writes();
  phase_ = Phase::lingering;
  worker().io().arm(*this, kLinger);
  discard_input();
}

void Connection::discard_input() {
  auto const scratch = worker().io().scratch();
  for (int reads = 0; reads < kPiecesPerTurn; ++reads) {
    auto const result = socket_.read(scratch);
    if (result.status == IoStatus::would_block) break;
    if (result.status != IoStatus::done) return close();
  }
  if (waits_to_read_) return;
  waits_to_read_ = true;
  socket_.wait_readable(shared_from_this());
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  worker().io().cancel(*this);
  if (pipe_) give_up_body(Error{Errc::unavailable, "the connection is closed", {}, 0});
  queue_.clear();
  file_.reset();
  socket_.close();
  place_.reset();
  release();
}

void Connection::on_timer() {
  auto const kept = self();
  if (waits_to_write_ || phase_ == Phase::idle || phase_ == Phase::lingering) return close();
  if (is_streaming_body()) return give_up_body(Error{Errc::unavailable, "the body stopped coming", {}, 0});
  if (phase_ != Phase::head && phase_ != Phase::body) return;
  refuse_and_close({408, Error{Errc::invalid_argument, "the request took too long to arrive", {}, 0}, {}});
}

}  // namespace parlance::http
