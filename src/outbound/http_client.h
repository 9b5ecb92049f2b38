#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "outbound/address_guard.h"
#include "outbound/ip_address.h"

namespace parlance::outbound {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct CallOptions {
  std::string method = "GET";  ///< upper case
  std::string url;
  HeaderList headers;
  std::string body;  ///< sent where not empty, and always (also empty) with POST, PUT and PATCH

  std::chrono::milliseconds timeout{10'000};  ///< for all hops together; the system resolver has its own on top
  std::size_t max_reply_bytes = 1 << 20;
  int max_redirects = 0;              ///< 0: a redirect is returned like any other reply
  std::string accepted_content_type;  ///< a prefix such as "text/html", without regard to case; empty takes any
  Reach reach = Reach::public_only;
};

struct Reply {
  int status = 0;
  HeaderList headers;  ///< names in lower case
  std::string body;
  std::string url;  ///< that answered, after redirects

  /// The first header of this lower-case name, or empty.
  std::string_view header(std::string_view name) const;
};

/// All addresses of a host name, at least one. unavailable where there is none.
using Resolver = std::function<Result<std::vector<IpAddress>>(std::string const& host)>;

/// Why an address is out of reach, or nothing.
using AddressJudge = std::function<std::optional<std::string_view>(IpAddress const&)>;

/// Asks the system (getaddrinfo), which also reads numeric spellings such as "127.1", "0x7f000001" and "017700000001".
Result<std::vector<IpAddress>> resolve_with_system(std::string const& host);

/// The one way this server calls other servers: webhooks, key sets, link previews.
///
/// Guaranteed for every hop: the URL passes parse_url; its host is resolved once; if any of its addresses is out of
/// reach nothing is connected; connections are made to those addresses only, whatever the name resolves to later; no
/// proxy, cookie, credential file or environment variable takes part; only http and https; TLS 1.2 or later with the
/// certificate verified against the system's authorities; at most `max_reply_bytes` of body and 64 KiB of header are
/// read. A redirect never leads from https to http; one to another origin loses all headers but Accept,
/// Accept-Language, User-Agent and Content-Type; one with 301, 302 or 303 becomes a GET (or stays a HEAD).
///
/// A reply of any status is a value. Errors, with a message that may be stored and shown to the tenant:
/// - invalid_argument: a bad URL, method or header;
/// - forbidden: "address not allowed: loopback" and the like;
/// - payload_too_large, unsupported_media: the reply is over the limit, or of another content type (of status 2xx);
/// - unavailable: all else: "connection refused", "connection timeout", "reply timeout", "host not found",
///   "too many redirects", "TLS certificate not valid", "cut off"...
///
/// Blocking: call it from workers, not from I/O threads. Any thread; calls share nothing.
class HttpClient {
 public:
  /// Tests put their own resolver and judge.
  explicit HttpClient(Resolver resolver = resolve_with_system, AddressJudge judge = why_not_public)
      : resolver_(std::move(resolver)), judge_(std::move(judge)) {}

  /// Once `cut_off` is asked for, calls in progress end within about a second, and later ones at once.
  explicit HttpClient(std::stop_token cut_off) : HttpClient() { cut_off_ = std::move(cut_off); }

  Result<Reply> call(CallOptions options) const;

 private:
  Result<void> check_reach(std::vector<IpAddress> const& addresses, Reach reach) const;

  Resolver resolver_;
  AddressJudge judge_;
  std::stop_token cut_off_;
};

}  // namespace parlance::outbound
