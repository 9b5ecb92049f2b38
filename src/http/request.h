#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "http/body_stream.h"
#include "http/headers.h"

namespace parlance::http {

struct Route;
struct RouteGroup;

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

/// "GET", "DELETE"…; "OTHER" for other.
std::string_view name_of(Method method);
/// Exact spelling, as RFC 9110 wants; anything unknown is other.
Method method_of(std::string_view name);

/// Why a request is refused before its handler: an error with a status that no Errc has (405, 408, 414, 431…).
struct Rejection {
  int status = 400;
  Error error;
  std::string allow;  ///< the Allow field of a 405
};

/// One request. Lives on the heap until its handler is done, also when its client has gone. Executor's thread only.
struct Request {
  Request() = default;
  Request(Request const&) = delete;
  Request& operator=(Request const&) = delete;

  Method method = Method::get;
  std::string target;        ///< as it came: "/rooms/a%20b?limit=5"
  std::string path;          ///< before '?', still percent-encoded
  std::string query_string;  ///< after '?', still percent-encoded
  HeaderList headers;
  std::string body;            ///< whole and without transfer coding; empty where body_stream is set
  std::string remote_address;  ///< the peer's IP address, without its port
  std::string id;              ///< X-Request-Id where it is sane, else a new one; echoed in the reply
  std::string traceparent;     ///< W3C trace context as it came, or empty
  bool is_secure = false;      ///< came over TLS
  std::int64_t started = 0;    ///< monotonic_now() when the head was complete

  Route const* route = nullptr;             ///< null where no route matches
  RouteGroup const* group = nullptr;        ///< whose error shape applies; null for the router's own
  std::shared_ptr<BodyStream> body_stream;  ///< set for routes that stream their body
  std::optional<Rejection> rejection;       ///< set where the handler must not run
  std::shared_ptr<void> context;            ///< whatever the authentication middleware leaves for the handlers

  /// Decoded parameters of the route's pattern, in its order.
  std::vector<std::pair<std::string_view, std::string>> path_parameters;

  /// The decoded value of "{name}"; empty where the pattern has none such.
  std::string_view path_parameter(std::string_view name) const;

  /// The decoded first value of query parameter `name` ('+' is a space).
  std::optional<std::string> query(std::string_view name) const;
  bool has_query(std::string_view name) const;
  /// Every pair, decoded, in order.
  std::vector<std::pair<std::string, std::string>> query_parameters() const;
  /// Every value of `name`, decoded, in order.
  std::vector<std::string> query_all(std::string_view name) const;
  /// An integer within [least, most], `fallback` where the parameter is absent. invalid_argument with the field named.
  Result<std::int64_t> query_integer(std::string_view name, std::int64_t fallback, std::int64_t least,
                                     std::int64_t most) const;
  /// "true"/"false"/"1"/"0", else invalid_argument.
  Result<bool> query_flag(std::string_view name, bool fallback) const;

  /// The value of a cookie, as it came.
  std::optional<std::string_view> cookie(std::string_view name) const;
  /// The content type without parameters, in lower case; empty where there is none.
  std::string content_type() const;

  bool is_websocket_upgrade() const;
  /// The subprotocols the client offers, in its order.
  std::vector<std::string_view> websocket_protocols() const;

  /// The connection's own thread; the one this request is handled on.
  Executor& executor() const { return *executor_; }
  void set_executor(Executor& executor) { executor_ = &executor; }

 private:
  Executor* executor_ = nullptr;
};

/// Percent-decoding; empty where an escape is broken, or the result is not UTF-8 or holds a NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace parlance::http
