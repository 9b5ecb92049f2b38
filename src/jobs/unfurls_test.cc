#include "jobs/unfurls.h"

#include <gtest/gtest.h>

#include "core/message_log.h"
#include "jobs/testing.h"
#include "outbound/scripted_server.h"

namespace parlance::jobs {
namespace {

using outbound::ScriptedServer;

std::string page(std::string const& request) {
  auto const start = request.find(' ') + 2;
  auto const name = request.substr(start, request.find(' ', start) - start);
  return ScriptedServer::reply("200 OK", "Content-Type: text/html\r\n", "<title>" + name + "</title>");
}

class UnfurlsTest : public JobsTest {
 protected:
  void start_reaching(bool private_networks) {
    start({.retry = {.base = std::chrono::milliseconds(40), .max_attempts = 3},
           .unfurl_allow_private = private_networks});
  }

  model::Message now_of(MessageId id) {
    return *read([&](storage::Transaction& tx) { return core::find_message(tx, tenant_, id); });
  }

  void edit(MessageId id, std::string text) {
    write([&](storage::Transaction& tx) { return core::edit_message(tx, anna_, room_, id, {.text = text}); });
  }

  bool is_settled() {
    return count("SELECT COUNT(*) FROM jobs") == 0 &&
           count("SELECT COUNT(*) FROM conversations WHERE dispatch_from IS NOT NULL") == 0;
  }

  ScriptedServer server_{page};
};

TEST_P(UnfurlsTest, AttachesPreviewsAndTellsOfThem) {
  start_reaching(true);
  auto const sent = send(anna_, "look: " + server_.url("/first"));
  ASSERT_TRUE(eventually([&] { return !now_of(sent.id).previews.empty(); }));
  EXPECT_EQ(now_of(sent.id).previews, R"([{"url":")" + server_.url("/first") + R"(","title":"first"}])");
  EXPECT_EQ(now_of(sent.id).edited_at, 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM events WHERE kind = 4"), 1);
  ASSERT_TRUE(eventually([&] { return is_settled(); }));
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_P(UnfurlsTest, LeavesWhatWasCutOffToTheNext) {
  ScriptedServer silent([](std::string const&) { return std::string(); });
  std::stop_source cut_off;
  start({.unfurl_allow_private = true, .cut_off = cut_off.get_token()});
  auto const sent = send(anna_, "look: " + silent.url("/first"));
  ASSERT_TRUE(eventually([&] { return !silent.requests().empty(); }));
  worker_->stop_calling();
  cut_off.request_stop();
  auto const began = std::chrono::steady_clock::now();
  worker_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
  EXPECT_EQ(count("SELECT COUNT(*) FROM jobs WHERE kind = 'unfurl' AND run_at <= " + std::to_string(now())), 1);
}

TEST_P(UnfurlsTest, LooksAgainAfterAnEdit) {
  start_reaching(true);
  auto const sent = send(anna_, server_.url("/first"));
  ASSERT_TRUE(eventually([&] { return now_of(sent.id).previews.contains("first"); }));
  edit(sent.id, "now " + server_.url("/second"));
  EXPECT_EQ(now_of(sent.id).previews, "");
  ASSERT_TRUE(eventually([&] { return now_of(sent.id).previews.contains("second"); }));
  edit(sent.id, "no link any more");
  ASSERT_TRUE(eventually([&] { return is_settled(); }));
  EXPECT_EQ(now_of(sent.id).previews, "");
}

TEST_P(UnfurlsTest, LeavesADeletedMessageAlone) {
  auto const sent = send(anna_, server_.url("/first"));
  write([&](storage::Transaction& tx) {
    return core::delete_message(tx, anna_, room_, sent.id, core::DeleteRight::author_only);
  });
  start_reaching(true);
  ASSERT_TRUE(eventually([&] { return is_settled(); }));
  EXPECT_EQ(now_of(sent.id).previews, "");
  EXPECT_TRUE(server_.requests().empty());
}

TEST_P(UnfurlsTest, KeepsToPublicAddresses) {
  start_reaching(false);
  auto const sent = send(anna_, server_.url("/secret"));
  ASSERT_TRUE(eventually([&] { return is_settled(); }));
  EXPECT_EQ(now_of(sent.id).previews, "");
  EXPECT_TRUE(server_.requests().empty());
}

PARLANCE_TEST_ON_EVERY_ENGINE(UnfurlsTest);

}  // namespace
}  // namespace parlance::jobs
