#include "outbound/address_guard.h"

#include <gtest/gtest.h>

namespace parlance::outbound {
namespace {

std::string judged(std::string_view text) {
  auto const address = IpAddress::parse(text);
  if (!address) return "no address";
  return std::string(why_not_public(*address).value_or("public"));
}

TEST(AddressGuard, RefusesEverythingThatIsNotPublic) {
  struct Case {
    std::string_view address;
    std::string_view meaning;
  };
  for (auto const& [address, meaning] : std::initializer_list<Case>{
           {"0.0.0.0", "unspecified"},
           {"0.1.2.3", "unspecified"},
           {"10.0.0.1", "private"},
           {"10.255.255.255", "private"},
           {"100.64.0.1", "carrier-grade NAT"},
           {"100.127.255.255", "carrier-grade NAT"},
           {"100.100.100.200", "metadata"},
           {"127.0.0.1", "loopback"},
           {"127.255.255.254", "loopback"},
           {"168.63.129.16", "metadata"},
           {"169.254.0.1", "link-local"},
           {"169.254.169.254", "metadata"},
           {"172.16.0.1", "private"},
           {"172.31.255.255", "private"},
           {"192.0.0.192", "reserved"},
           {"192.0.2.1", "documentation"},
           {"192.168.1.1", "private"},
           {"198.18.0.1", "benchmarking"},
           {"198.19.255.255", "benchmarking"},
           {"198.51.100.1", "documentation"},
           {"203.0.113.9", "documentation"},
           {"224.0.0.1", "multicast"},
           {"239.255.255.255", "multicast"},
           {"240.0.0.1", "reserved"},
           {"255.255.255.255", "broadcast"},
           {"::", "unspecified"},
           {"::1", "loopback"},
           {"fc00::1", "unique local"},
           {"fd12:3456::1", "unique local"},
           {"fd00:ec2::254", "metadata"},
           {"fe80::1", "link-local"},
           {"febf::1", "link-local"},
           {"fec0::1", "site-local"},
           {"ff02::1", "multicast"},
           {"2001:db8::1", "documentation"},
           {"3fff::1", "documentation"},
           {"100::1", "reserved"},
           {"5f00::1", "reserved"},
           {"2001:2::1", "reserved"},
           {"64:ff9b:1::1", "private"},
       }) {
    EXPECT_EQ(judged(address), meaning) << address;
  }
}

TEST(AddressGuard, LooksInsideIpv6) {
  EXPECT_EQ(judged("::ffff:127.0.0.1"), "loopback");
  EXPECT_EQ(judged("::ffff:169.254.169.254"), "metadata");
  EXPECT_EQ(judged("::ffff:8.8.8.8"), "public");
  EXPECT_EQ(judged("::10.0.0.1"), "private");
  EXPECT_EQ(judged("::8.8.8.8"), "reserved");
  EXPECT_EQ(judged("::ffff:0:10.0.0.1"), "private");
  EXPECT_EQ(judged("64:ff9b::192.168.0.1"), "private");
  EXPECT_EQ(judged("64:ff9b::8.8.8.8"), "public");
  EXPECT_EQ(judged("2002:7f00:1::1"), "loopback");
  EXPECT_EQ(judged("2002:808:808::1"), "public");
  EXPECT_EQ(judged("2001:0:808:808:0:0:80ff:fffe"), "loopback");  // Teredo client 127.0.0.1, each bit flipped
  EXPECT_EQ(judged("2001:0:a00:1:0:0:f7f7:f7f7"), "private");     // Teredo server 10.0.0.1
  EXPECT_EQ(judged("2001:0:808:808:0:0:f7f7:f7f7"), "public");
  EXPECT_EQ(judged("2606:4700::5efe:10.0.0.1"), "private");
}

TEST(AddressGuard, LetsPublicAddressesThrough) {
  for (auto const* address :
       {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "172.15.0.1", "172.32.0.1", "192.167.255.255", "198.17.0.1", "198.20.0.1",
        "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2400::1"}) {
    EXPECT_EQ(judged(address), "public") << address;
  }
}

TEST(IpAddress, ReadsOnlyTheUsualSpellings) {
  for (auto const* text : {"127.1", "0177.0.0.1", "0x7f000001", "2130706433", "1.2.3.4.5", "256.1.1.1", "", "::1%lo",
                           "[::1]", "localhost"}) {
    EXPECT_EQ(judged(text), "no address") << text;
  }
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->to_string(), "2001:db8::1");
}

}  // namespace
}  // namespace parlance::outbound
