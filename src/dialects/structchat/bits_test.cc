#include "dialects/structchat/bits.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace parlance::structchat {
namespace {

using model::TenantRole;

std::optional<boost::json::value> json(std::string_view text) { return boost::json::parse(text); }

template <typename Value>
std::string error_of(Result<Value> const& result) {
  return result ? "none" : result.error().message;
}

std::string mode_error(std::string_view text) {
  auto const bits = read_channel_bits(json(text));
  return bits ? error_of(channel_mode_in(*bits)) : error_of(bits);
}

template <typename Write>
std::string text_of(Write write) {
  JsonWriter out;
  write(out);
  return out.take();
}

TEST(StructBits, ReadsAnObjectANameAndNothing) {
  auto const bits = read_thread_bits(json(R"({"resolved":true,"hidden":false})"));
  ASSERT_TRUE(bits);
  EXPECT_TRUE(bits->has("resolved"));
  EXPECT_FALSE(bits->has("hidden"));
  EXPECT_EQ(bits->get("hidden"), false);
  EXPECT_EQ(bits->get("deleted"), std::nullopt);
  EXPECT_TRUE(read_thread_bits(json(R"("deleted")"))->has("deleted"));
  EXPECT_TRUE(read_thread_bits(std::nullopt)->empty());
  EXPECT_TRUE(read_thread_bits(json("null"))->empty());
  EXPECT_TRUE(read_thread_bits(json(R"("")"))->empty());
}

TEST(StructBits, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(error_of(read_thread_bits(json(R"({"paid":true})"))),
            "bits has no paid here; it takes deleted, hidden, resolved");
  EXPECT_EQ(error_of(read_thread_bits(json(R"({"hidden":1})"))), "bits.hidden must be true or false");
  EXPECT_EQ(error_of(read_thread_bits(json("[]"))), "bits must be an object of booleans");
  EXPECT_EQ(error_of(read_feed_bits(json(R"({"resolved":true})"))),
            "bits has no resolved here; it takes feed_dm, deleted");
}

TEST(StructBits, WantsExactlyOneOfTheThree) {
  constexpr auto kRefusal = "bits must have exactly one of chan_member, chan_anyone, chan_hidden";
  EXPECT_EQ(mode_error("{}"), kRefusal);
  EXPECT_EQ(mode_error(R"({"chan_auto_join":true})"), kRefusal);
  EXPECT_EQ(mode_error(R"({"chan_member":true,"chan_hidden":true})"), kRefusal);
  EXPECT_EQ(mode_error(R"({"chan_member":true,"chan_hidden":false})"), "none");
  EXPECT_EQ(channel_mode_in(*read_channel_bits(json(R"({"chan_anyone":true})"))), core::ChannelMode::anyone);
  EXPECT_EQ(channel_mode_in(*read_channel_bits(json(R"("chan_hidden")"))), core::ChannelMode::hidden);
}

TEST(StructBits, ReadsRoles) {
  EXPECT_EQ(*role_in(json(R"({"owner":true})")), TenantRole::owner);
  EXPECT_EQ(*role_in(json(R"({"mod":true,"admin":false})")), TenantRole::moderator);
  EXPECT_EQ(*role_in(json(R"("no_op")")), TenantRole::member);
  EXPECT_EQ(*role_in(json(R"({"no_op":true})")), TenantRole::member);
  EXPECT_EQ(*role_in(json("{}")), std::nullopt);
  EXPECT_FALSE(role_in(json(R"({"owner":true,"no_op":true})")));
}

TEST(StructBits, WritesWhatIsSet) {
  model::Conversation thread;
  EXPECT_EQ(text_of([&](JsonWriter& out) { write_thread_bits(out, thread); }), "{}");
  thread.bits = model::kThreadResolved | model::kSubjectDerived;
  EXPECT_EQ(text_of([&](JsonWriter& out) { write_thread_bits(out, thread); }), R"({"resolved":true})");
  thread.kind = model::ConversationKind::channel;
  thread.access = model::Access::anyone;
  thread.bits = model::kAutoJoin;
  EXPECT_EQ(text_of([&](JsonWriter& out) { write_channel_bits(out, thread); }),
            R"({"chan_anyone":true,"chan_auto_join":true})");
  EXPECT_EQ(text_of([](JsonWriter& out) { write_role_bits(out, TenantRole::moderator); }), R"({"mod":true})");
  EXPECT_EQ(text_of([](JsonWriter& out) { write_role_bits(out, TenantRole::member); }), "{}");
}

}  // namespace
}  // namespace parlance::structchat
