#include "dialects/structchat/wire.h"

#include <gtest/gtest.h>

namespace parlance::structchat {
namespace {

std::string mentions(std::string_view text) {
  std::string all;
  for (auto const user : mentions_in(text)) all += spell(user) + " ";
  return all;
}

std::string chat_text(model::Message const& message, Reactors reactors) {
  JsonWriter out;
  write_chat(out, message, reactors);
  return out.take();
}

model::Message chat() {
  model::Message message;
  message.id = MessageId{0x1ae93};
  message.conversation = ConversationId{0xc26};
  message.sender = UserId{0x1fe9};
  message.text = "testing this one too";
  message.created_at = 1'691'719'650 * kSecond + 999'999;
  return message;
}

TEST(StructWire, SpellsAChatAsTheSourceTextDoes) {
  EXPECT_EQ(
      chat_text(chat(), Reactors::named),
      R"({"id":"1J1ae93","xid":"","created_at":1691719650,"updated_at":1691719650,"bits":{},)"
      R"("text":"testing this one too","author_id":"4K1fe9","thread_id":"2Lc26","images":null,"reactions":null})");
}

TEST(StructWire, GroupsReactionsByName) {
  auto message = chat();
  message.reactions = {{UserId{1}, "+1", "a"}, {UserId{2}, "heart", "b"}, {UserId{2}, "+1", "b"}};
  auto const named = chat_text(message, Reactors::named);
  EXPECT_NE(named.find(R"("reactions":[{"count":2,"name":"+1","user_ids":["4N1","4N2"]},)"
                       R"({"count":1,"name":"heart","user_ids":["4N2"]}])"),
            std::string::npos)
      << named;
  auto const counted = chat_text(message, Reactors::counted);
  EXPECT_NE(counted.find(R"("reactions":[{"count":2,"name":"+1"},{"count":1,"name":"heart"}])"), std::string::npos);
}

TEST(StructWire, TakesNoOtherTypesId) {
  EXPECT_EQ(chat_id_of("1J1aeb8")->value, 0x1aeb8);
  EXPECT_FALSE(chat_id_of("2K284a"));
  EXPECT_FALSE(chat_id_of("0"));
  EXPECT_EQ(thread_id_of("2K284a")->value, 0x284a);
  EXPECT_EQ(thread_id_of("3M52")->value, 0x52) << "a channel's own log is a thread";
  EXPECT_FALSE(thread_id_of("4K1fe9"));
  EXPECT_FALSE(channel_id_of("2K284a"));
  EXPECT_EQ(channel_ids_of(Texts{"3M52", "3M18", "3M52"})->size(), 2U);
  EXPECT_FALSE(channel_ids_of(Texts{"3M52", "2K284a"}));
  EXPECT_TRUE(user_ids_of(std::nullopt)->empty());
}

TEST(StructWire, FindsMentions) {
  EXPECT_EQ(mentions("<@4L6d3> and <@4L6c7>, <@4L6d3> again"), "4L6d3 4L6c7 ");
  EXPECT_EQ(mentions("<@> <@0> <@1J1aeb8> <@4L6c <@4N1>"), "4N1 ");
  EXPECT_EQ(mentions("<@4N1>"), "4N1 ");
  EXPECT_EQ(mentions("<@4N1"), "");
}

TEST(StructWire, MakesAPartOfAnAddressOfASubject) {
  EXPECT_EQ(slug_of("Discussions on Typesense, Collections, and Dynamic Fields"),
            "discussions-on-typesense-collections-and-dynamic-fields");
  EXPECT_EQ(slug_of("  What's new?  "), "whats-new");
  EXPECT_EQ(slug_of("größe/../x"), "gr-e-x");
  EXPECT_EQ(slug_of("日本語"), "");
  EXPECT_EQ(slug_of(""), "");
}

TEST(StructWire, WritesNothingAsNull) {
  JsonWriter out;
  out.begin_object();
  write_users(out, "none", {});
  write_channels(out, "some", {ConversationId{0x18}});
  EXPECT_EQ(out.end_object().text(), R"({"none":null,"some":["3M18"]})");
}

}  // namespace
}  // namespace parlance::structchat
