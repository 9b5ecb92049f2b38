#include "jobs/webhooks.h"

#include <atomic>
#include <set>

#include "base/crypto.h"
#include "base/text.h"
#include "core/job_queue.h"
#include "core/members.h"
#include "core/messages.h"
#include "core/preferences.h"
#include "jobs/testing.h"
#include "outbound/scripted_server.h"

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

std::string header(std::string const& request, std::string const& name) {
  auto const start = request.find("\r\n" + name + ": ");
  if (start == std::string::npos) return {};
  auto const value = start + name.size() + 4;
  return request.substr(value, request.find("\r\n", value) - value);
}

std::string body(std::string const& request) { return request.substr(request.find("\r\n\r\n") + 4); }

TEST(SignWebhook, MatchesTheExampleOfTheSpecification) {
  auto const headers = sign_webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                    1614265330 * kSecond, R"({"test": 2432232314})");
  EXPECT_EQ(headers.at(0).second, "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(headers.at(1).second, "1614265330");
  EXPECT_EQ(headers.at(2).second, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(SignWebhook, TakesAnyOtherTextAsTheKey) {
  auto const headers = sign_webhook("topsecret", "wh_1", 1700000000 * kSecond, "{}");
  EXPECT_EQ(headers.at(2).second, "v1,CUbnIMvF4WwdpjDYKjKWt/sQ9GnhzxguxnENBYwrmHs=");
  EXPECT_EQ(headers.at(3).second, "sha256=08525245d41d96cd1b6a931e7f3f580edda83032a233e8c36a5130565e6efa53");
}

TEST(Wants, KnowsNamesAndFamilies) {
  EXPECT_FALSE(wants({}, "message.new"));
  EXPECT_TRUE(wants({.url = "http://x"}, "message.new"));
  model::WebhookSettings const some{.url = "http://x", .events = {"object.*", "message.new"}};
  EXPECT_TRUE(wants(some, "message.new"));
  EXPECT_TRUE(wants(some, "object.created"));
  EXPECT_FALSE(wants(some, "objection.raised"));
  EXPECT_FALSE(wants(some, "message.deleted"));
  EXPECT_TRUE(wants({.url = "http://x", .events = {"*"}}, "object.deleted"));
}

TEST(NamesEvents, IsTrueForWhatIsSentAlone) {
  for (auto const event : kWebhookEvents) EXPECT_TRUE(names_events(event));
  for (auto const* const wanted : {"*", "message.*", "object.*"}) EXPECT_TRUE(names_events(wanted));
  for (auto const* const wanted : {"", ".*", "mess*", "room.*", "message", "message.new.*", "Message.new", "**"}) {
    EXPECT_FALSE(names_events(wanted)) << wanted;
  }
}

class WebhooksTest : public JobsTest {
 protected:
  void start_allowing(bool private_addresses) {
    start({.retry = {.base = 40ms, .max_attempts = 3}, .webhook_allow_private = private_addresses});
  }
  bool all_are_done() { return worker_->statistics()["webhook"].done > 0 && count("SELECT COUNT(*) FROM jobs") == 0; }
  std::string last_error() {
    auto const dead = read([&](storage::Transaction& tx) { return core::list_dead_jobs(tx, tenant_, "webhook", 10); });
    return dead.size() == 1 ? dead[0].last_error + " " + dead[0].payload : std::to_string(dead.size()) + " dead";
  }

  std::atomic<int> failures_ = 0;
  outbound::ScriptedServer server_{[this](std::string const&) {
    if (failures_ > 0 && failures_--) return outbound::ScriptedServer::reply("500 Oops", "", "");
    return outbound::ScriptedServer::reply("204 No Content", "", "");
  }};
};
PARLANCE_TEST_ON_EVERY_ENGINE(WebhooksTest);

TEST_P(WebhooksTest, TellsOfAMessageToWhoIsNotConnected) {
  start_allowing(true);
  set_webhook({.url = server_.url("/hook"), .secret = "topsecret", .events = {"message.new"}});
  auto const connection = presence_->connect(tenant_, person("carl").user, "carl");
  auto const message = send(anna_, "Grüße \"x\"");
  ASSERT_TRUE(eventually([&] { return all_are_done(); }));
  auto const requests = server_.requests();
  ASSERT_EQ(requests.size(), 1U) << "to bert, and not to the sender";
  auto const& request = requests[0];
  EXPECT_TRUE(request.starts_with("POST /hook HTTP/1.1\r\n"));
  EXPECT_EQ(header(request, "Content-Type"), "application/json");
  EXPECT_EQ(body(request),
            R"({"event":"message.new","tenant_id":"tenant_)" + to_base36(tenant_.value) + R"(","room_id":"room_)" +
                to_base36(room_.value) + R"(","recipient_id":"bert","message":{"message_id":"msg_)" +
                to_base36(message.id.value) + R"(","sender_id":"anna","content":"Grüße \"x\"","seq":1,"created_at":")" +
                format_rfc3339(message.created_at) + R"("}})");
  EXPECT_EQ(header(request, "X-ChatAPI-Signature"), "sha256=" + to_hex(hmac_sha256("topsecret", body(request))));
  auto const signed_text =
      header(request, "webhook-id") + "." + header(request, "webhook-timestamp") + "." + body(request);
  EXPECT_EQ(header(request, "webhook-signature"), "v1," + to_base64(hmac_sha256("topsecret", signed_text)));
}

TEST_P(WebhooksTest, TellsOnlyOfWhatItsRecipientWantsToHear) {
  start_allowing(true);
  set_webhook({.url = server_.url("/hook"), .secret = "s"});
  auto const prefer = [&](core::PreferencesChange const& change) {
    write([&](storage::Transaction& tx) { return core::change_preferences(tx, bert_, room_, change); });
  };
  auto const settled = [&] {
    return eventually([&] {
      return count("SELECT COUNT(*) FROM conversations WHERE dispatch_from IS NOT NULL") == 0 &&
             count("SELECT COUNT(*) FROM jobs") == 0;
    });
  };
  prefer({.notify_level = model::NotifyLevel::none});
  send(anna_, "@everyone: level none");
  ASSERT_TRUE(settled());
  prefer({.notify_level = model::NotifyLevel::mentions});
  send(anna_, "level mentions");
  send(anna_, "@everyone: level mentions");
  write([&](storage::Transaction& tx) {
    return core::send_message(tx, anna_, {.conversation = room_, .text = "to bert", .mentions = {bert_.user}});
  });
  ASSERT_TRUE(settled());
  prefer({.mute_until = core::kMutedForEver, .notify_level = model::NotifyLevel::all});
  send(anna_, "@everyone: muted");
  ASSERT_TRUE(settled());
  // Two webhooks may be on their way at the same time.
  std::set<std::string> heard;
  for (auto const& request : server_.requests()) {
    auto const text = body(request).substr(body(request).find("\"content\":") + 10);
    heard.insert(text.substr(0, text.find(",")));
  }
  EXPECT_EQ(heard, (std::set<std::string>{"\"@everyone: level mentions\"", "\"to bert\""}));
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_P(WebhooksTest, TriesAgainUnderTheSameId) {
  failures_ = 2;
  start_allowing(true);
  set_webhook({.url = server_.url("/hook"), .secret = "s"});
  send(anna_, "one");
  ASSERT_TRUE(eventually([&] { return all_are_done(); }));
  auto const requests = server_.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(header(requests[0], "webhook-id"), header(requests[2], "webhook-id"));
}

TEST_P(WebhooksTest, LeavesADeadLetterThatNamesTheMessage) {
  failures_ = 100;
  start_allowing(true);
  set_webhook({.url = server_.url("/hook"), .secret = "s"});
  auto const message = send(anna_, "one");
  ASSERT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs WHERE state = 1") == 1; }));
  EXPECT_EQ(last_error(), R"(HTTP 500 {"event":"message.new","conversation":)" + std::to_string(room_.value) +
                              R"(,"message":)" + std::to_string(message.id.value) + R"(,"recipient":"bert"})");
}

TEST_P(WebhooksTest, CallsNoPrivateAddressUnlessAllowed) {
  start_allowing(false);
  set_webhook({.url = server_.url("/hook"), .secret = "s"});
  send(anna_, "one");
  ASSERT_TRUE(eventually([&] { return count("SELECT COUNT(*) FROM jobs WHERE state = 1") == 1; }));
  EXPECT_TRUE(last_error().starts_with("address not allowed")) << last_error();
  EXPECT_TRUE(server_.requests().empty());
}

TEST_P(WebhooksTest, SendsNothingOfADeletedMessage) {
  set_webhook({.url = server_.url("/hook"), .secret = "s"});
  auto const message = send(anna_, "one");
  MessageWebhook const webhook{room_, message.id, "bert"};
  write(
      [&](storage::Transaction& tx) { return core::add_job(tx, tenant_, Webhooks::kKind, encode(webhook), tx.now()); });
  write([&](storage::Transaction& tx) {
    return core::delete_message(tx, anna_, room_, message.id, core::DeleteRight::author_only);
  });
  start_allowing(true);
  ASSERT_TRUE(eventually([&] { return all_are_done(); }));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_P(WebhooksTest, TellsOfEveryMessageWhereManyAreDueAtOnce) {
  set_webhook({.url = server_.url("/hook"), .secret = "s"});
  for (int index = 0; index < 8; ++index) {
    auto const member = person("member" + std::to_string(index));
    write([&](storage::Transaction& tx) {
      return core::insert_member(tx, tenant_, room_, member.user, model::MemberRole::member, model::Membership::member,
                                 0);
    });
  }
  for (int number = 0; number < 100; ++number) send(anna_, std::to_string(number));
  start_allowing(true);
  EXPECT_TRUE(
      eventually([&] { return count("SELECT COUNT(*) FROM conversations WHERE dispatch_from IS NOT NULL") == 0; }));
  worker_->stop();
  auto const told = static_cast<std::int64_t>(server_.requests().size());
  EXPECT_EQ(told + count("SELECT COUNT(*) FROM jobs WHERE kind = 'webhook'"), 900);
}

}  // namespace
}  // namespace parlance::jobs
