#include "dialects/centrifugo/connections.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "dialects/centrifugo/client.h"
#include "dialects/centrifugo/commands.h"

namespace parlance::centrifugo {
namespace {

constexpr std::string_view kConnectParameter = "cf_connect";
constexpr std::string_view kProtobuf = "centrifuge-protobuf";

http::WebSocketOptions socket_options(Options const& options) {
  http::WebSocketOptions chosen;
  // The protocol has pings of its own.
  chosen.ping_interval = std::chrono::milliseconds(0);
  chosen.idle_timeout = std::chrono::milliseconds(0);
  chosen.queue_limit = options.queue_limit;
  chosen.slow_reader_code = disconnects::slow().code;
  chosen.shutdown_code = disconnects::shutdown().code;
  chosen.max_message_bytes = kMaxMessageBytes;
  chosen.kind = "centrifugo";
  return chosen;
}

Task<void> take_message(std::shared_ptr<Client> client, std::shared_ptr<http::WebSocket> socket, std::string payload,
                        bool is_text) {
  if (!is_text) {
    socket->close(disconnects::inappropriate_protocol().code, disconnects::inappropriate_protocol().reason);
    co_return;
  }
  co_await Client::receive(std::move(client), std::move(payload));
}

void take_up(Gateway& gateway, api::Presented presented, std::shared_ptr<http::WebSocket> socket) {
  auto const transport = std::make_shared<WebSocketTransport>(gateway.flusher(socket->executor()), socket);
  auto const client = std::make_shared<Client>(gateway, std::move(presented), transport);
  // The socket keeps the client until it ends; its handlers are dropped then.
  socket->set_on_message([client, socket](std::string payload, bool is_text) {
    return take_message(client, socket, std::move(payload), is_text);
  });
  socket->set_on_shutdown([weak = std::weak_ptr(client)] {
    if (auto const kept = weak.lock()) kept->close(disconnects::shutdown());
  });
  client->start();
  socket->set_on_close([client](std::uint16_t, std::string const&, http::CloseReason) { client->end(); });
}

bool wants_protobuf(http::Request const& request) {
  auto const offered = request.websocket_protocols();
  bool const by_query = request.query("format") == "protobuf" || request.query("cf_protocol") == "protobuf";
  return by_query || std::ranges::find(offered, kProtobuf) != offered.end();
}

std::shared_ptr<Client> make_client(Gateway& gateway, api::Presented presented, std::shared_ptr<http::Outlet> outlet,
                                    StreamStyle style) {
  outlet->set_queue_limit(gateway.options.queue_limit);
  auto const transport = std::make_shared<StreamTransport>(gateway.flusher(outlet->executor()), outlet, style);
  auto client = std::make_shared<Client>(gateway, std::move(presented), transport);
  outlet->on_shutdown([weak = std::weak_ptr(client)] {
    if (auto const kept = weak.lock()) kept->close(disconnects::shutdown());
  });
  client->start();
  outlet->on_close([client](http::CloseReason) { client->end(); });
  return client;
}

/// What the client says first: a stream cannot be told anything later.
Result<std::string> first_message(http::Request const& request) {
  if (request.method == http::Method::post) return request.body;
  return request.query(kConnectParameter).value_or("");
}

http::Response stream_response(StreamStyle style, std::function<void(std::shared_ptr<http::Outlet>)> on_open) {
  bool const is_events = style == StreamStyle::sse || style == StreamStyle::uni_sse;
  if (is_events) return http::Response::event_stream(std::move(on_open));
  auto response = http::Response::stream("application/json", {std::move(on_open), "centrifugo"});
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");
  return response;
}

/// SSE and HTTP streaming with emulation: the connect command comes with the request.
Result<http::Response> open_stream(Gateway& gateway, http::Request& request, StreamStyle style) {
  auto message = TRY(first_message(request));
  if (message.empty()) return invalid(std::string(kConnectParameter), "the connect command is missing");
  return stream_response(style, [&gateway, style, presented = api::Presented::of(request),
                                 message = std::move(message)](std::shared_ptr<http::Outlet> outlet) {
    make_client(gateway, presented, std::move(outlet), style)->enqueue(message);
  });
}

Result<http::Response> open_unidirectional(Gateway& gateway, http::Request& request, StreamStyle style) {
  auto const message = TRY(first_message(request));
  auto const command = TRY(decode_connect(message));
  return stream_response(
      style, [&gateway, style, presented = api::Presented::of(request), command](std::shared_ptr<http::Outlet> outlet) {
        spawn(Client::connect_once(make_client(gateway, presented, std::move(outlet), style), command));
      });
}

}  // namespace

Task<Result<http::Response>> open_websocket(Gateway& gateway, http::Request& request) {
  if (wants_protobuf(request)) {
    // Taken up, so that the client reads why it is refused and does not come back.
    auto options = socket_options(gateway.options);
    options.subprotocol = request.websocket_protocols().empty() ? "" : kProtobuf;
    co_return http::upgrade_to_websocket(request, options, [](std::shared_ptr<http::WebSocket> socket) {
      auto const why = disconnects::inappropriate_protocol();
      socket->close(why.code, why.reason);
    });
  }
  co_return http::upgrade_to_websocket(
      request, socket_options(gateway.options),
      [&gateway, presented = api::Presented::of(request)](std::shared_ptr<http::WebSocket> socket) {
        take_up(gateway, presented, std::move(socket));
      });
}

Task<Result<http::Response>> open_sse(Gateway& gateway, http::Request& request) {
  co_return open_stream(gateway, request, StreamStyle::sse);
}

Task<Result<http::Response>> open_http_stream(Gateway& gateway, http::Request& request) {
  co_return open_stream(gateway, request, StreamStyle::http_stream);
}

Task<Result<http::Response>> open_uni_sse(Gateway& gateway, http::Request& request) {
  co_return open_unidirectional(gateway, request, StreamStyle::uni_sse);
}

Task<Result<http::Response>> open_uni_http_stream(Gateway& gateway, http::Request& request) {
  co_return open_unidirectional(gateway, request, StreamStyle::uni_http_stream);
}

Task<Result<http::Response>> emulate(Gateway& gateway, http::Request& request) {
  auto const body = CO_TRY(parse_json(request.body));
  if (!body.is_object()) co_return invalid("body", "the body must be a JSON object");
  auto const session = CO_TRY(text_member(body.get_object(), "session"));
  auto const node = CO_TRY(text_member(body.get_object(), "node"));
  auto data = CO_TRY(text_member(body.get_object(), "data"));
  if (!node.empty() && node != gateway.node) {
    if (!gateway.peers.pass_on(node, session, data)) co_return fail(Errc::not_found, "no such node");
    co_return http::Response::empty();
  }
  auto const handle = gateway.directory.find_session(session);
  if (handle.executor == nullptr) co_return fail(Errc::not_found, "no such session");
  handle.post([data = std::move(data)](Client& client) { client.enqueue(data); });
  co_return http::Response::empty();
}

}  // namespace parlance::centrifugo
