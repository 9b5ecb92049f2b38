#include "slack/records.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace parlance::slack {
namespace {

boost::json::value json(std::string_view text) { return parse_json(text).value(); }

std::string shown(Result<Message> const& message) {
  if (!message) return message.error().field + ": " + message.error().message;
  std::string text = fmt::format("{}|{}|{}|{}|{}", message->ts, message->thread, message->author.id,
                                 message->author.name, message->text);
  for (auto const& file : message->files)
    text += fmt::format(" file({}, {}, {}, {})", file.name, file.media_type, file.size, file.url);
  for (auto const& reaction : message->reactions)
    text += fmt::format(" {}({})", reaction.name, fmt::join(reaction.users, ","));
  return text;
}

TEST(SlackTs, IsTimeInMicroseconds) {
  EXPECT_EQ(parse_ts("1614754663.032600"), 1'614'754'663'032'600);
  EXPECT_EQ(parse_ts("1614754663.5"), 1'614'754'663'500'000);
  EXPECT_EQ(parse_ts("1614754663"), 1'614'754'663'000'000);
  for (auto const* text : {"", "-1.0", "1.", "1.1234567", "x", "1.-12345", "99999999999999", "1.5.5"})
    EXPECT_FALSE(parse_ts(text)) << text;
}

TEST(SlackUser, TakesTheNameFromTheProfile) {
  auto const user = read_user(
      json(R"({"id":"U1","name":"ann","is_restricted":true,"profile":{"real_name":"Ann A","email":"a@b.example"}})"));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->id + user->name + user->email, "U1Ann Aa@b.example");
  EXPECT_TRUE(user->is_guest);
  EXPECT_EQ(read_user(json(R"({"id":"U1","name":"ann"})"))->name, "ann");
}

TEST(SlackUser, NeedsAnId) {
  EXPECT_EQ(read_user(json(R"({"name":"ann"})")).error().message, "id is no id of Slack's: \"\"");
  EXPECT_EQ(read_user(json(R"({"id":"../x"})")).error().message, "id is no id of Slack's: \"../x\"");
  EXPECT_EQ(read_user(json("7")).error().message, "a user must be an object");
}

TEST(SlackChannel, LiesInTheFolderOfItsNameOrId) {
  auto const text = R"({"id":"C1","name":"general","created":1614600000,"members":["U1"],"is_archived":true})";
  auto const channel = read_channel(json(text), Place::channel);
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->folder, "general");
  EXPECT_EQ(channel->created_at, 1'614'600'000 * kSecond);
  EXPECT_TRUE(channel->is_archived);
  EXPECT_EQ(read_channel(json(R"({"id":"D1","members":["U1","U2"]})"), Place::dm)->folder, "D1");
  EXPECT_EQ(read_channel(json(R"({"id":"C1","name":"x","is_private":true})"), Place::channel)->place,
            Place::private_channel);
}

TEST(SlackMessage, IsReadWhole) {
  EXPECT_EQ(shown(read_message(json(
                R"({"type":"message","ts":"1.000002","thread_ts":"1.000001","user":"U1","text":"a &amp; b",)"
                R"("files":[{"name":"f.txt","mimetype":"text/plain","size":3,"url_private":"https://f.example/1"},)"
                R"({"id":"F2","mode":"tombstone"}],"reactions":[{"name":"+1","users":["U1","U2"],"count":5}]})"))),
            "1.000002|1.000001|U1||a &amp; b file(f.txt, text/plain, 3, https://f.example/1) +1(U1,U2)");
}

TEST(SlackMessage, OfABotHasItsNameAndWhatIsAttached) {
  EXPECT_EQ(shown(read_message(json(R"({"ts":"1.000002","subtype":"bot_message","bot_id":"B1","username":"CI",)"
                                    R"("text":"","attachments":[{"title":"Build","text":"ok"},{"fallback":"f"}]})"))),
            "1.000002||B1|CI|Build\nok\nf");
  EXPECT_EQ(shown(read_message(json(R"({"ts":"1.000002","text":"x"})"))), "1.000002||USLACKBOT|Slackbot|x");
}

TEST(SlackMessage, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(shown(read_message(json(R"({"text":"x"})"))), "ts: ts is no time of Slack's: \"\"");
  EXPECT_EQ(shown(read_message(json(R"({"ts":"1.0","thread_ts":"soon"})"))),
            "thread_ts: thread_ts is no time of Slack's: \"soon\"");
  EXPECT_EQ(shown(read_message(json(R"({"ts":"1.0","user":"a b"})"))), "user: user is no id of Slack's: \"a b\"");
}

TEST(SlackMessage, IsSaidOrOnlyHappened) {
  auto const said = [](std::string const& subtype) { return is_said({.subtype = subtype}); };
  EXPECT_TRUE(said("") && said("bot_message") && said("thread_broadcast") && said("me_message"));
  EXPECT_FALSE(said("channel_join") || said("tombstone") || said("channel_topic") || said("unheard_of"));
}

}  // namespace
}  // namespace parlance::slack
