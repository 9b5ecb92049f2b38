#include "slack/export.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "slack/testing.h"

namespace parlance::slack {
namespace {

constexpr char const* kUsers = R"([{"id":"U1","name":"ann"},{"id":"U2","name":"ben"}])";

std::string opening_of(TestZip& zip) {
  auto const path = zip.write();
  auto const opened = Export::open(path);
  if (opened) return "it opens";
  return opened.error().message.substr(path.size());
}

Export opened(TestZip& zip) { return Export::open(zip.write()).value(); }

std::string users_of(Export const& source) {
  std::string text;
  auto const read = source.each_user([&](User const& user) -> Result<void> {
    text += user.id + " ";
    return {};
  });
  return read ? text : text + read.error().message;
}

TEST(SlackExport, IsFoundInOneFolderMore) {
  TestZip zip;
  zip.add("My export/users.json", kUsers).add("My export/general/2021-03-01.json", "[]");
  zip.add("__MACOSX/My export/users.json", "x");
  auto const source = opened(zip);
  EXPECT_EQ(users_of(source), "U1 U2 ");
  EXPECT_EQ(source.days({.folder = "general"}).size(), 1U);
}

TEST(SlackExport, OfAnEnterpriseHasAnotherName) {
  TestZip zip;
  zip.add("org_users.json", kUsers).add("x/users.json", "x");
  EXPECT_EQ(users_of(opened(zip)), "U1 U2 ");
}

TEST(SlackExport, NeedsUsers) {
  TestZip zip;
  EXPECT_EQ(opening_of(zip.add("channels.json", "[]")), ": it is no Slack export: there is no users.json in it");
}

TEST(SlackExport, ListsEachConversationOnce) {
  TestZip zip;
  zip.add("users.json", kUsers).add("channels.json", R"([{"id":"C1","name":"a"},{"id":"G1","name":"b"}])");
  zip.add("groups.json", R"([{"id":"G1","name":"b"}])").add("dms.json", R"([{"id":"D1","members":["U1","U2"]}])");
  std::string text;
  auto const source = opened(zip);
  for (auto const& channel : source.channels().value()) text += channel.id + ":" + channel.folder + " ";
  EXPECT_EQ(text, "C1:a G1:b D1:D1 ");
}

TEST(SlackExport, ReadsDaysInOrder) {
  TestZip zip;
  zip.add("users.json", kUsers).add("a/2021-03-02.json", "[]").add("a/canvas.json", "x").add("b/2021-01-01.json", "[]");
  zip.add("a/2021-03-01.json", R"([{"ts":"2.0","text":"x"},{"ts":"1.5","text":"y"},{"ts":"10.0","text":"z"}])");
  auto const source = opened(zip);
  auto const& days = source.days({.folder = "a"});
  ASSERT_EQ(days.size(), 2U);
  EXPECT_EQ(days[0].name + " " + days[1].name, "a/2021-03-01.json a/2021-03-02.json");
  std::string times;
  auto const messages = source.messages(days[0]);
  for (auto const& message : *messages) times += message.ts + " ";
  EXPECT_EQ(times, "1.5 2.0 10.0 ");
  EXPECT_EQ(fmt::format("{}", source.unlisted_folders({{.folder = "a"}})), R"(["b"])");
}

TEST(SlackExport, NamesTheFileAndThePlace) {
  TestZip zip;
  zip.add("users.json", R"([{"id":"U1"},{"name":"nobody"}])").add("a/2021-03-01.json", R"([{"ts":"1.0"},{"ts":)");
  auto const source = opened(zip);
  EXPECT_EQ(users_of(source), "U1 users.json: entry 2: id is no id of Slack's: \"\"");
  auto const messages = source.messages(source.days({.folder = "a"})[0]);
  EXPECT_TRUE(messages.error().message.starts_with("a/2021-03-01.json: entry 2 at byte 14: malformed JSON"));
}

}  // namespace
}  // namespace parlance::slack
