#include "dialects/centrifugo/transport.h"

#include <utility>

#include "dialects/centrifugo/replies.h"

namespace parlance::centrifugo {
namespace {

/// Longer batches are cut, so that a tick's worth never overflows the queue of a client that reads.
constexpr std::size_t kBatchBytes = 128 << 10;

http::CloseReason reason_of(Disconnect const& why) {
  if (why.code == disconnects::shutdown().code) return http::CloseReason::server_shutdown;
  if (why.code == disconnects::slow().code) return http::CloseReason::slow_reader;
  if (why.code == disconnects::no_pong().code) return http::CloseReason::idle_timeout;
  return http::CloseReason::requested;
}

}  // namespace

void Flusher::add(std::shared_ptr<Transport> transport) {
  dirty_.push_back(std::move(transport));
  if (dirty_.size() == 1) executor_.post([this] { flush(); });
}

void Flusher::flush() {
  for (auto const& transport : std::exchange(dirty_, {})) transport->flush();
}

void Transport::send(Item item) {
  pending_bytes_ += item.text->size();
  pending_.push_back(std::move(item));
  if (pending_.size() == 1) flusher_.add(shared_from_this());
}

void Transport::flush() {
  auto const items = std::exchange(pending_, {});
  pending_bytes_ = 0;
  if (!items.empty()) write(items);
}

void WebSocketTransport::write(std::span<Item const> items) {
  if (items.size() == 1 && items.front().frame) {
    socket_->send(items.front().frame);
    return;
  }
  std::string batch;
  for (auto const& item : items) {
    if (!batch.empty() && batch.size() + item.text->size() > kBatchBytes) {
      if (!socket_->send_text(batch)) return;
      batch.clear();
    }
    if (!batch.empty()) batch += '\n';
    batch += item.is_push ? wrapped(*item.text) : *item.text;
  }
  socket_->send_text(batch);
}

void WebSocketTransport::close(Disconnect const& why) {
  auto const kept = shared_from_this();
  flush();
  socket_->close(why.code, why.reason, reason_of(why));
}

StreamTransport::StreamTransport(Flusher& flusher, std::shared_ptr<http::Outlet> outlet, StreamStyle style)
    : Transport(flusher), outlet_(std::move(outlet)), style_(style) {
  bool const is_events = style == StreamStyle::sse || style == StreamStyle::uni_sse;
  if (is_events) outlet_->send(http::shared_buffer("\r\n"));
}

void StreamTransport::write(std::span<Item const> items) {
  bool const is_events = style_ == StreamStyle::sse || style_ == StreamStyle::uni_sse;
  std::string batch;
  for (auto const& item : items) {
    if (batch.size() + item.text->size() > kBatchBytes && !batch.empty()) {
      if (!outlet_->send(http::shared_buffer(std::exchange(batch, {})))) return;
    }
    if (is_events) batch += "data: ";
    batch += item.is_push && !is_unidirectional() ? wrapped(*item.text) : *item.text;
    batch += is_events ? "\n\n" : "\n";
  }
  outlet_->send(http::shared_buffer(std::move(batch)));
}

void StreamTransport::close(Disconnect const& why) {
  auto const kept = shared_from_this();
  send_push(disconnect_push(why));
  flush();
  outlet_->close(reason_of(why));
}

}  // namespace parlance::centrifugo
