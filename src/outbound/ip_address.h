#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::outbound {

/// An IPv4 or IPv6 address without a port or zone.
struct IpAddress {
  enum class Family { v4, v6 };

  Family family = Family::v4;
  std::array<std::uint8_t, 16> bytes{};  ///< network order; IPv4 uses the first four

  friend bool operator==(IpAddress const&, IpAddress const&) = default;

  /// The usual spellings only ("192.0.2.1", "2001:db8::1"): no shortened, octal or hexadecimal IPv4, no zone.
  static std::optional<IpAddress> parse(std::string_view text);
  /// Empty for another address family.
  static std::optional<IpAddress> from(sockaddr const* address);

  std::string to_string() const;
};

}  // namespace parlance::outbound
