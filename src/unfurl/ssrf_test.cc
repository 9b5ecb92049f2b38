#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "outbound/scripted_server.h"
#include "unfurl/fetcher.h"

/// Whatever a stranger writes into a message, this server calls nobody inside its own network.
namespace parlance::unfurl {
namespace {

using outbound::IpAddress;
using outbound::ScriptedServer;

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

/// Names that a stranger may own; numeric spellings go to the system, as always.
Result<std::vector<IpAddress>> resolve(std::string const& host) {
  static std::map<std::string, std::vector<IpAddress>, std::less<>> const kNames = {
      {"loopback.example", {ip("127.0.0.1")}},     {"loopback6.example", {ip("::1")}},
      {"private.example", {ip("192.168.0.10")}},   {"metadata.google.internal", {ip("169.254.169.254")}},
      {"mapped.example", {ip("::ffff:10.0.0.1")}}, {"rebinding.example", {ip("93.184.216.34"), ip("127.0.0.1")}},
      {"example.com", {ip("127.0.0.1")}},
  };
  auto const found = kNames.find(host);
  return found == kNames.end() ? outbound::resolve_with_system(host) : found->second;
}

/// P stands for the port of a server on loopback that must hear nothing.
std::vector<std::string> const kHostile = {
    // Loopback in every spelling.
    "http://127.0.0.1:P/",
    "http://localhost:P/",
    "http://LOCALHOST:P/",
    "http://127.1:P/",
    "http://127.0.1:P/",
    "http://127.0.0.1.:P/",
    "http://0:P/",
    "http://0.0.0.0:P/",
    "http://2130706433:P/",
    "http://0x7f000001:P/",
    "http://0x7f.0.0.1:P/",
    "http://017700000001:P/",
    "http://0177.0.0.1:P/",
    "http://127.00000.00000.1:P/",
    "http://[::1]:P/",
    "http://[::]:P/",
    "http://[0:0:0:0:0:0:0:1]:P/",
    "http://[::ffff:127.0.0.1]:P/",
    "http://[::ffff:7f00:1]:P/",
    "http://[::127.0.0.1]:P/",
    "http://[64:ff9b::7f00:1]:P/",
    "http://[2002:7f00:1::]:P/",
    "http://[fe80::1%25lo]:P/",
    // Private, shared, link-local, metadata, multicast.
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    // Names that lead inside.
    "http://loopback.example:P/",
    "http://loopback6.example:P/",
    "http://private.example/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://mapped.example/",
    "http://rebinding.example:P/",
    // Another host than the eye sees.
    "http://example.com@127.0.0.1:P/",
    "http://127.0.0.1:P@example.com/",
    "http://user:password@127.0.0.1:P/",
    "http://example.com%40127.0.0.1:P/",
    "http://127.0.0.1:P#@example.com/",
    "http://127.0.0.1:P?@example.com/",
    "http://example.com\\@127.0.0.1:P/",
    "http://127.0.0.1%00.example.com:P/",
    "http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1:P/",
    "http://127\xE3\x80\x82\x30\xE3\x80\x82\x30\xE3\x80\x82\x31:P/",
    "http:///127.0.0.1:P/",
    "http:127.0.0.1:P/",
    "http://127.0.0.1:P\r\nX-Injected: 1/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:-1/",
    // Other schemes.
    "gopher://127.0.0.1:P/_GET%20/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:P/",
    "dict://127.0.0.1:P/",
    "ldap://127.0.0.1:P/",
    "tftp://127.0.0.1:P/",
    "smb://127.0.0.1/share",
    "data:text/html,<title>x</title>",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "jar:http://127.0.0.1:P/!/",
};

std::string with_port(std::string url, int port) {
  for (auto at = url.find(":P"); at != std::string::npos; at = url.find(":P")) {
    url.replace(at, 2, ":" + std::to_string(port));
  }
  return url;
}

std::string page(std::string const&) {
  return ScriptedServer::reply("200 OK", "Content-Type: text/html\r\n", "<title>secret</title>");
}

TEST(Ssrf, NoHostileLinkIsFetched) {
  ScriptedServer const inside(page);
  Fetcher const fetcher({}, outbound::HttpClient(resolve));
  for (auto const& template_url : kHostile) {
    auto const url = with_port(template_url, inside.port());
    EXPECT_EQ(fetcher.preview("look at " + url + " now"), "") << url;
    // Even where a link were taken for one that should not be.
    auto const outcome = fetcher.fetch({url, url});
    ASSERT_FALSE(outcome) << url;
    bool const is_refused = outcome.error().code == Errc::forbidden || outcome.error().code == Errc::invalid_argument ||
                            outcome.error().message == "host not found";
    EXPECT_TRUE(is_refused) << url << ": " << outcome.error().message;
  }
  EXPECT_TRUE(inside.requests().empty()) << inside.requests().front();
}

TEST(Ssrf, NoRedirectLeadsInside) {
  ScriptedServer const inside(page);
  Guarded<std::string> location;
  ScriptedServer const outside([&](std::string const&) {
    auto const to = location.with([](auto const& text) { return text; });
    return ScriptedServer::reply("302 Found", "Location: " + to + "\r\n", "");
  });
  // The first hop alone is taken for a public host.
  bool is_first = true;
  auto const judge = [&](IpAddress const& address) -> std::optional<std::string_view> {
    return std::exchange(is_first, false) ? std::nullopt : outbound::why_not_public(address);
  };
  Fetcher const fetcher({}, outbound::HttpClient(resolve, judge));
  for (auto const& template_url : kHostile) {
    auto const to = with_port(template_url, inside.port());
    if (to.contains('\r')) continue;
    location.with([&](auto& text) { text = to; });
    is_first = true;
    EXPECT_FALSE(fetcher.fetch({outside.url(), outside.url()})) << to;
  }
  EXPECT_TRUE(inside.requests().empty()) << inside.requests().front();
  EXPECT_GE(outside.requests().size(), 60U);
}

TEST(Ssrf, ANameThatChangesItsMindIsAskedOnce) {
  ScriptedServer const inside(page);
  int lookups = 0;
  auto const rebinding = [&](std::string const&) -> Result<std::vector<IpAddress>> {
    return std::vector{ip(++lookups == 1 ? "192.0.2.1" : "127.0.0.1")};
  };
  // What was judged public is what is connected to, whatever the name says later.
  auto const judge = [](IpAddress const& address) -> std::optional<std::string_view> {
    return address == ip("192.0.2.1") ? std::nullopt : outbound::why_not_public(address);
  };
  Fetcher const fetcher({.timeout = std::chrono::milliseconds(300)}, outbound::HttpClient(rebinding, judge));
  EXPECT_FALSE(fetcher.fetch({inside.url("/", "rebinding.example"), inside.url("/", "rebinding.example")}));
  EXPECT_EQ(lookups, 1);
  EXPECT_TRUE(inside.requests().empty());
}

}  // namespace
}  // namespace parlance::unfurl
