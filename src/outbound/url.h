#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parlance::outbound {

/// An absolute http or https URL taken apart. What is called is always to_string() of this, never the text that was
/// read, so no second parser can understand it differently.
struct Url {
  enum class Scheme { http, https };

  Scheme scheme = Scheme::https;
  std::string host;  ///< lower case, without brackets or a final dot; a name, or an address in any spelling
  std::uint16_t port = 443;
  std::string target = "/";  ///< path and query, begins with "/"

  /// Scheme, host and port; the port only where it is not the scheme's own. IPv6 in brackets.
  std::string origin() const;
  std::string to_string() const { return origin() + target; }
  bool is_ipv6() const { return host.find(':') != std::string::npos; }
};

/// Reads a URL strictly. invalid_argument (field "url") for: other schemes, user information, an empty or over-long
/// host or one with other characters than letters, digits, "-", "_" and ".", a zone, a port outside 1-65535, white
/// space, control characters, backslashes, non-ASCII bytes, and over 2048 bytes. A fragment is dropped.
///
/// Says nothing about where the host lies: "127.1" and "0x7f000001" pass as names and are judged after resolution.
Result<Url> parse_url(std::string_view text);

/// Reads a Location header, absolute or relative to `base`. Errors as parse_url.
Result<Url> resolve_location(Url const& base, std::string_view location);

}  // namespace parlance::outbound
