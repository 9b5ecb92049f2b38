#pragma once

#include <optional>
#include <string_view>

#include "outbound/ip_address.h"

namespace parlance::outbound {

/// Which addresses an outgoing call may reach.
enum class Reach {
  public_only,  ///< the default: what a stranger may make this server call
  anywhere,     ///< also private networks and loopback; only where the operator has said so
};

/// Why `address` is not a public host, in a word or two ("loopback", "private", "link-local"); empty where it is one.
///
/// Not public are: unspecified, loopback, private (RFC 1918), carrier-grade NAT, link-local, cloud metadata services,
/// unique local, site-local, multicast, broadcast, documentation, benchmarking, and all that IANA has not assigned for
/// global unicast. An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is
/// judged by the address inside. Any thread.
std::optional<std::string_view> why_not_public(IpAddress const& address);

}  // namespace parlance::outbound
