#include "nats/address.h"

#include <gtest/gtest.h>

namespace parlance::nats {
namespace {

std::string shown(std::string_view url) {
  auto const address = parse_address(url);
  if (!address) return "refused";
  std::string text = address->is_secure ? "secure" : "plain";
  for (auto const& server : address->servers) text += " " + server;
  if (!address->authorities.empty()) text += " ca=" + address->authorities;
  if (!address->certificate.empty()) text += " cert=" + address->certificate + " key=" + address->key;
  return text;
}

TEST(NatsAddress, IsOneServerOrSeveral) {
  EXPECT_EQ(shown("nats://localhost"), "plain nats://localhost:4222");
  EXPECT_EQ(shown("nats://10.0.0.1:4000/"), "plain nats://10.0.0.1:4000");
  EXPECT_EQ(shown("nats://[::1]"), "plain nats://[::1]:4222");
  EXPECT_EQ(shown("nats://[::1]:99"), "plain nats://[::1]:99");
  EXPECT_EQ(shown("nats://a:1,nats://b:2"), "plain nats://a:1 nats://b:2");
}

TEST(NatsAddress, HoldsCredentialsAndFilesForTls) {
  EXPECT_EQ(shown("nats://user:pass@host"), "plain nats://user:pass@host:4222");
  EXPECT_EQ(shown("tls://token@host:1?ca=/a.pem&cert=/c.pem&key=/k.pem"),
            "secure nats://token@host:1 ca=/a.pem cert=/c.pem key=/k.pem");
}

TEST(NatsAddress, RefusesWhatMakesNoSense) {
  for (auto const* url : {"", "local", "nonsense", "redis://host", "nats://", "nats://:4222", "nats://host:0",
                          "nats://host:x", "nats://host:70000", "nats://a,", "nats://a,tls://b", "nats://host?ca=/a",
                          "tls://host?cert=/c", "tls://host?what=1", "nats://ho st", "nats://host/path"}) {
    EXPECT_EQ(shown(url), "refused") << url;
  }
  EXPECT_EQ(parse_address("nonsense").error().field, "bus");
}

}  // namespace
}  // namespace parlance::nats
