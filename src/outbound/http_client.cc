#include "outbound/http_client.h"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "outbound/transfer.h"
#include "outbound/url.h"

namespace parlance::outbound {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view other) { return equals_ignoring_case(name, other); });
}

Result<void> check_options(CallOptions const& options) {
  if (!is_token(options.method)) return invalid("method", "not an HTTP method");
  for (auto const& [name, value] : options.headers) {
    auto const is_ours = is_one_of(name, {"host", "content-length", "transfer-encoding", "connection", "expect"});
    if (!is_token(name) || is_ours || !is_field_value(value)) return invalid("headers", "a header is not valid");
  }
  return {};
}

bool is_redirect(Reply const& reply) {
  auto const has_place = !reply.header("location").empty();
  return has_place && (reply.status == 301 || reply.status == 302 || reply.status == 303 || reply.status == 307 ||
                       reply.status == 308);
}

bool always_has_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

// Changes `options` and `url` into the request that follows `reply`.
Result<void> follow(Reply const& reply, CallOptions& options, Url& url) {
  auto next = TRY(resolve_location(url, reply.header("location")));
  if (url.scheme == Url::Scheme::https && next.scheme == Url::Scheme::http) {
    return fail(Errc::forbidden, "redirect from https to http");
  }
  auto const keeps_method = reply.status == 307 || reply.status == 308 || options.method == "HEAD";
  if (!keeps_method) {
    options.method = "GET";
    options.body.clear();
    std::erase_if(options.headers, [](auto const& header) { return is_one_of(header.first, {"content-type"}); });
  }
  if (next.origin() != url.origin()) {
    std::erase_if(options.headers, [](auto const& header) {
      return !is_one_of(header.first, {"accept", "accept-language", "user-agent", "content-type"});
    });
  }
  url = std::move(next);
  return {};
}

}  // namespace

std::string_view Reply::header(std::string_view name) const {
  auto const found = std::ranges::find(headers, name, [](auto const& pair) -> auto const& { return pair.first; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Result<std::vector<IpAddress>> resolve_with_system(std::string const& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return fail(Errc::unavailable, "host not found");
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const owner(list, &freeaddrinfo);
  std::vector<IpAddress> out;
  for (auto const* entry = list; entry != nullptr; entry = entry->ai_next) {
    auto const address = IpAddress::from(entry->ai_addr);
    if (address && std::ranges::find(out, *address) == out.end()) out.push_back(*address);
  }
  if (out.empty()) return fail(Errc::unavailable, "host not found");
  return out;
}

Result<void> HttpClient::check_reach(std::vector<IpAddress> const& addresses, Reach reach) const {
  if (reach == Reach::anywhere) return {};
  for (auto const& address : addresses) {
    if (auto const why = judge_(address)) {
      return fail(Errc::forbidden, fmt::format("address not allowed: {}", *why));
    }
  }
  return {};
}

Result<Reply> HttpClient::call(CallOptions options) const {
  TRY(check_options(options));
  auto url = TRY(parse_url(options.url));
  auto const started = monotonic_now();
  for (int redirects = 0;; ++redirects) {
    if (cut_off_.stop_requested()) return fail(Errc::unavailable, "cut off");
    auto addresses = TRY(resolver_(url.host));
    TRY(check_reach(addresses, options.reach));
    auto const spent = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::microseconds(redirects == 0 ? 0 : monotonic_now() - started));
    if (spent >= options.timeout) return fail(Errc::unavailable, "reply timeout");
    auto const has_body = !options.body.empty() || always_has_body(options.method);
    auto reply = TRY(transfer({.url = url,
                               .addresses = std::move(addresses),
                               .method = options.method,
                               .headers = options.headers,
                               .body = has_body ? &options.body : nullptr,
                               .timeout = options.timeout - spent,
                               .max_reply_bytes = options.max_reply_bytes,
                               .accepted_content_type = options.accepted_content_type,
                               .cut_off = cut_off_}));
    if (options.max_redirects == 0 || !is_redirect(reply)) return reply;
    if (redirects == options.max_redirects) return fail(Errc::unavailable, "too many redirects");
    TRY(follow(reply, options, url));
  }
}

}  // namespace parlance::outbound
