#include "outbound/address_guard.h"

#include <algorithm>
#include <span>

namespace parlance::outbound {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Network {
  std::string_view prefix;
  int bits;
  std::string_view meaning;
};

// The IANA special-purpose registries for IPv4 and IPv6, and metadata services at otherwise public addresses. The
// first match counts.
constexpr Network kV4Networks[] = {
    {"0.0.0.0", 8, "unspecified"},         {"10.0.0.0", 8, "private"},
    {"100.100.100.200", 32, "metadata"},   {"100.64.0.0", 10, "carrier-grade NAT"},
    {"127.0.0.0", 8, "loopback"},          {"168.63.129.16", 32, "metadata"},
    {"169.254.169.254", 32, "metadata"},   {"169.254.0.0", 16, "link-local"},
    {"172.16.0.0", 12, "private"},         {"192.0.0.0", 24, "reserved"},
    {"192.0.2.0", 24, "documentation"},    {"192.88.99.0", 24, "reserved"},
    {"192.168.0.0", 16, "private"},        {"198.18.0.0", 15, "benchmarking"},
    {"198.51.100.0", 24, "documentation"}, {"203.0.113.0", 24, "documentation"},
    {"224.0.0.0", 4, "multicast"},         {"255.255.255.255", 32, "broadcast"},
    {"240.0.0.0", 4, "reserved"},
};

constexpr Network kV6Networks[] = {
    {"::", 128, "unspecified"},         {"::1", 128, "loopback"},      {"64:ff9b:1::", 48, "private"},
    {"fd00:ec2::254", 128, "metadata"}, {"fc00::", 7, "unique local"}, {"fe80::", 10, "link-local"},
    {"fec0::", 10, "site-local"},       {"ff00::", 8, "multicast"},    {"2001:db8::", 32, "documentation"},
    {"3fff::", 20, "documentation"},
};

constexpr std::string_view kReserved = "reserved";

bool matches(Bytes const& address, Bytes const& prefix, int bits) {
  int const whole = bits / 8;
  if (!std::equal(prefix.begin(), prefix.begin() + whole, address.begin())) return false;
  int const rest = bits % 8;
  if (rest == 0) return true;
  auto const mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (address[whole] & mask) == (prefix[whole] & mask);
}

bool is_in(IpAddress const& address, std::string_view prefix, int bits) {
  return matches(address.bytes, IpAddress::parse(prefix)->bytes, bits);
}

std::optional<std::string_view> find(IpAddress const& address, std::span<Network const> networks) {
  for (auto const& network : networks) {
    if (is_in(address, network.prefix, network.bits)) return network.meaning;
  }
  return std::nullopt;
}

IpAddress embedded_v4(IpAddress const& address, std::size_t offset, std::uint8_t flip = 0) {
  IpAddress out;
  for (std::size_t i = 0; i < 4; ++i) out.bytes[i] = address.bytes[offset + i] ^ flip;
  return out;
}

std::optional<std::string_view> why_teredo_not_public(IpAddress const& address) {
  if (auto const server = why_not_public(embedded_v4(address, 4))) return server;
  return why_not_public(embedded_v4(address, 12, 0xff));
}

bool is_isatap(Bytes const& bytes) {
  return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

std::optional<std::string_view> why_v6_not_public(IpAddress const& address) {
  if (auto const meaning = find(address, kV6Networks)) return meaning;
  if (is_in(address, "::ffff:0:0", 96)) return why_not_public(embedded_v4(address, 12));
  if (is_in(address, "64:ff9b::", 96)) return why_not_public(embedded_v4(address, 12));
  if (is_in(address, "::", 96)) return why_not_public(embedded_v4(address, 12)).value_or(kReserved);
  if (is_in(address, "::ffff:0:0:0", 96)) return why_not_public(embedded_v4(address, 12)).value_or(kReserved);
  if (!is_in(address, "2000::", 3)) return kReserved;
  if (is_in(address, "2002::", 16)) return why_not_public(embedded_v4(address, 2));
  if (is_in(address, "2001::", 32)) return why_teredo_not_public(address);
  if (is_in(address, "2001::", 23)) return kReserved;
  if (is_isatap(address.bytes)) return why_not_public(embedded_v4(address, 12));
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> why_not_public(IpAddress const& address) {
  if (address.family == IpAddress::Family::v4) return find(address, kV4Networks);
  return why_v6_not_public(address);
}

}  // namespace parlance::outbound
