#include "nats/address.h"

#include "base/text.h"

namespace parlance::nats {
namespace {

std::unexpected<Error> malformed(std::string_view what) {
  return invalid("bus", "bus must be nats://HOST:PORT or tls://HOST:PORT, or several of them: " + std::string(what));
}

Result<void> read_parameter(std::string_view text, Address& address) {
  auto const equals = text.find('=');
  auto const name = text.substr(0, equals);
  auto const value = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
  auto* const place = name == "ca"     ? &address.authorities
                      : name == "cert" ? &address.certificate
                      : name == "key"  ? &address.key
                                       : nullptr;
  if (place == nullptr || value.empty()) return malformed("behind the ? go ca, cert and key, each with a file");
  *place = value;
  return {};
}

Result<void> read_server(std::string_view url, Address& address) {
  auto const colon = url.find("://");
  auto const scheme = url.substr(0, colon);
  if (colon == std::string_view::npos || (scheme != "nats" && scheme != "tls"))
    return malformed("the scheme is missing");
  bool const is_secure = scheme == "tls";
  if (!address.servers.empty() && address.is_secure != is_secure) return malformed("all with TLS or none");
  address.is_secure = is_secure;
  auto rest = url.substr(colon + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto const host = rest.substr(rest.rfind('@') + 1);  // npos + 1 is the beginning
  if (host.empty() || host.front() == ':' || host.find_first_of("/ ") != std::string_view::npos)
    return malformed("the host is missing");
  auto const port_colon = host.rfind(':');
  bool const has_port = port_colon != std::string_view::npos && host.find(']', port_colon) == std::string_view::npos;
  if (has_port) {
    auto const port = parse_integer(host.substr(port_colon + 1));
    if (!port || *port < 1 || *port > 65'535) return malformed("the port is none");
  }
  address.servers.push_back("nats://" + std::string(rest) + (has_port ? "" : ":4222"));
  return {};
}

/// Calls `take` with each part between the separators; stops at an error.
template <class Take>
Result<void> split(std::string_view text, char separator, Take take) {
  while (true) {
    auto const end = text.find(separator);
    TRY(take(text.substr(0, end)));
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
  Address address;
  auto const question = url.find('?');
  TRY(split(url.substr(0, question), ',', [&](std::string_view server) { return read_server(server, address); }));
  if (question != std::string_view::npos)
    TRY(split(url.substr(question + 1), '&', [&](std::string_view text) { return read_parameter(text, address); }));
  if (address.certificate.empty() != address.key.empty()) return malformed("cert and key belong together");
  bool const has_files = !address.authorities.empty() || !address.certificate.empty();
  if (has_files && !address.is_secure) return malformed("ca, cert and key are for tls://");
  return address;
}

}  // namespace parlance::nats
