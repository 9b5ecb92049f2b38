#include "http/response.h"

#include <unistd.h>

#include "http/websocket_codec.h"

namespace parlance::http {

OwnedDescriptor::~OwnedDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Response Response::json(int status, std::string text) {
  return Response::text(status, std::move(text), "application/json");
}

Response Response::text(int status, std::string text, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type);
  response.body = std::move(text);
  return response;
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::file(int status, FileBody body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::stream(std::string_view content_type, StreamBody body) {
  Response response;
  response.headers.add("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::event_stream(std::function<void(std::shared_ptr<Outlet>)> on_open) {
  auto response = Response::stream("text/event-stream", StreamBody{std::move(on_open), "sse"});
  response.headers.add("Cache-Control", "no-store");
  // What clients of event streams look for. The body has no length, so it is over when the connection is.
  response.headers.add("Connection", "keep-alive");
  response.headers.add("X-Accel-Buffering", "no");
  return response;
}

Result<Response> upgrade_to_websocket(Request const& request, WebSocketOptions options,
                                      std::function<void(std::shared_ptr<WebSocket>)> on_open) {
  if (request.method != Method::get || !request.is_websocket_upgrade()) {
    return fail(Errc::invalid_argument, "this path takes WebSocket handshakes only");
  }
  if (request.headers.find("Sec-WebSocket-Version") != "13") {
    return invalid("Sec-WebSocket-Version", "Sec-WebSocket-Version must be 13");
  }
  auto const accept = accept_key(request.headers.find("Sec-WebSocket-Key").value_or(""));
  if (!accept) return invalid("Sec-WebSocket-Key", "Sec-WebSocket-Key must be base64 of 16 bytes");
  auto response = Response::empty(101);
  response.headers.add("Upgrade", "websocket");
  response.headers.add("Sec-WebSocket-Accept", *accept);
  if (!options.subprotocol.empty()) response.headers.add("Sec-WebSocket-Protocol", options.subprotocol);
  response.body = WebSocketUpgrade{std::move(options), std::move(on_open)};
  return response;
}

}  // namespace parlance::http
