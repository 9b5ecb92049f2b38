#include "outbound/url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "outbound/ip_address.h"

namespace parlance::outbound {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

std::unexpected<Error> bad_url(std::string_view why) { return invalid("url", fmt::format("the URL {}", why)); }

std::uint16_t default_port(Url::Scheme scheme) { return scheme == Url::Scheme::https ? 443 : 80; }

Result<void> check_bytes(std::string_view text) {
  if (text.empty()) return bad_url("is empty");
  if (text.size() > kMaxUrlBytes) return bad_url("is too long");
  for (char const c : text) {
    if (c <= 0x20 || c >= 0x7f || c == '\\') return bad_url("has characters that must be percent-encoded");
  }
  return {};
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

Result<void> check_name(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return bad_url("has no valid host");
  if (!std::ranges::all_of(host, is_host_character)) return bad_url("has no valid host");
  for (std::size_t start = 0; start <= host.size();) {
    auto const end = std::min(host.find('.', start), host.size());
    if (end == start || end - start > kMaxLabelBytes) return bad_url("has no valid host");
    start = end + 1;
  }
  return {};
}

Result<void> read_port(std::string_view text, Url& url) {
  auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) return bad_url("has no valid port");
  auto const port = *parse_integer(text);
  if (port < 1 || port > 65535) return bad_url("has no valid port");
  url.port = static_cast<std::uint16_t>(port);
  return {};
}

Result<void> read_authority(std::string_view authority, Url& url) {
  if (authority.contains('@')) return bad_url("must not hold a user name or password");
  auto rest = authority;
  if (authority.starts_with('[')) {
    auto const end = authority.find(']');
    if (end == std::string_view::npos) return bad_url("has no valid host");
    auto const address = IpAddress::parse(authority.substr(1, end - 1));
    if (!address || address->family != IpAddress::Family::v6) return bad_url("has no valid host");
    url.host = address->to_string();
    rest = authority.substr(end + 1);
  } else {
    auto host = authority.substr(0, authority.find(':'));
    rest = authority.substr(host.size());
    if (host.ends_with('.')) host.remove_suffix(1);
    url.host = to_lower_ascii(host);
    TRY(check_name(url.host));
  }
  if (rest.empty()) return {};
  if (!rest.starts_with(':')) return bad_url("has no valid host");
  return read_port(rest.substr(1), url);
}

std::optional<Url::Scheme> read_scheme(std::string_view& rest) {
  auto const colon = rest.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  auto const name = rest.substr(0, colon);
  rest.remove_prefix(colon + 3);
  if (equals_ignoring_case(name, "https")) return Url::Scheme::https;
  if (equals_ignoring_case(name, "http")) return Url::Scheme::http;
  return std::nullopt;
}

// RFC 3986 section 5.2.3: the base's path up to its last slash. Dot segments are left to the server.
std::string directory_of(std::string_view target) {
  auto const path = target.substr(0, target.find('?'));
  return std::string(path.substr(0, path.rfind('/') + 1));
}

}  // namespace

std::string Url::origin() const {
  auto const* const name = scheme == Scheme::https ? "https" : "http";
  auto const host_text = is_ipv6() ? fmt::format("[{}]", host) : host;
  if (port == default_port(scheme)) return fmt::format("{}://{}", name, host_text);
  return fmt::format("{}://{}:{}", name, host_text, port);
}

Result<Url> parse_url(std::string_view text) {
  TRY(check_bytes(text));
  auto rest = text.substr(0, text.find('#'));
  auto const scheme = read_scheme(rest);
  if (!scheme) return bad_url("must begin with http:// or https://");
  Url url{.scheme = *scheme, .host = {}, .port = default_port(*scheme)};
  auto const authority = rest.substr(0, rest.find_first_of("/?"));
  TRY(read_authority(authority, url));
  url.target = rest.substr(authority.size());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

Result<Url> resolve_location(Url const& base, std::string_view location) {
  TRY(check_bytes(location));
  auto const* const scheme = base.scheme == Url::Scheme::https ? "https:" : "http:";
  if (location.starts_with("//")) return parse_url(scheme + std::string(location));
  if (location.starts_with('/')) return parse_url(base.origin() + std::string(location));
  if (location.starts_with('#')) return base;
  auto const path_end = location.find_first_of("/?#");
  if (location.substr(0, path_end).contains(':')) return parse_url(location);
  if (location.starts_with('?')) {
    return parse_url(base.origin() + base.target.substr(0, base.target.find('?')) + std::string(location));
  }
  return parse_url(base.origin() + directory_of(base.target) + std::string(location));
}

}  // namespace parlance::outbound
