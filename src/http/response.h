#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.h"
#include "http/headers.h"
#include "http/outlet.h"
#include "http/request.h"
#include "http/websocket.h"

namespace parlance::http {

/// A file descriptor that closes itself. Move-only.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : descriptor_(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OwnedDescriptor();

  int get() const { return descriptor_; }
  /// Gives the descriptor up without closing it.
  int release() { return std::exchange(descriptor_, -1); }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// `length` bytes of an open file from `offset` on, sent piece by piece.
struct FileBody {
  OwnedDescriptor file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// A reply that stays open. `on_open` runs once the head is queued, on the connection's executor; not at all where the
/// client has gone by then, or the request was a HEAD.
struct StreamBody {
  std::function<void(std::shared_ptr<Outlet>)> on_open;
  std::string_view kind = "stream";  ///< the label of metrics; a literal
};

/// Made by upgrade_to_websocket. `on_open` runs once the 101 is queued; not at all where the client has gone by then.
struct WebSocketUpgrade {
  WebSocketOptions options;
  std::function<void(std::shared_ptr<WebSocket>)> on_open;
};

/// A reply. Content-Length, Connection, Date and X-Request-Id are the server's to write. Move-only.
struct Response {
  int status = 200;
  HeaderList headers;
  std::variant<std::string, FileBody, StreamBody, WebSocketUpgrade> body;

  static Response json(int status, std::string text);
  static Response text(int status, std::string text, std::string_view content_type = "text/plain; charset=utf-8");
  static Response empty(int status = 204);
  /// Whole files; set Content-Range and a part of it yourself where a Range was asked (byte_range.h).
  static Response file(int status, FileBody body, std::string_view content_type);
  static Response stream(std::string_view content_type, StreamBody body);
  /// The head of a text/event-stream, with caching and proxy buffering off.
  static Response event_stream(std::function<void(std::shared_ptr<Outlet>)> on_open);

  Response& with_header(std::string_view name, std::string_view value) & {
    headers.add(name, value);
    return *this;
  }
  Response&& with_header(std::string_view name, std::string_view value) && {
    headers.add(name, value);
    return std::move(*this);
  }
};

/// Answers a WebSocket handshake (RFC 6455 section 4.2). invalid_argument where the request is no such handshake.
Result<Response> upgrade_to_websocket(Request const& request, WebSocketOptions options,
                                      std::function<void(std::shared_ptr<WebSocket>)> on_open);

}  // namespace parlance::http
