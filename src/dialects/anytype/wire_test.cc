#include "dialects/anytype/wire.h"

#include <gtest/gtest.h>

#include "api/spelling.h"
#include "base/clock.h"

namespace parlance::anytype {
namespace {

model::Message sample_message() {
  model::Message message;
  message.id = MessageId{36};
  message.conversation = ConversationId{100};
  message.seq = 65;
  message.added_offset = 255;
  message.sender_external_id = "alice";
  message.text = "Bold";
  message.created_at = 1'765'627'200 * kSecond + 999'999;
  return message;
}

std::string text_of(model::Message const& message, MessageFlags flags = kOwnMessage) {
  JsonWriter out;
  write_message(out, message, flags);
  return out.take();
}

TEST(WriteMessage, IsExact) {
  EXPECT_EQ(text_of(sample_message()),
            R"({"object":"chat_message","id":"bafyqacidaaaaaaaaaaaci","order_id":"100",)"
            R"("state_id":"0000000000000000000000ff","creator":"alice","created_at":1765627200,)"
            R"("modified_at":1765627200,"content":{"text":"Bold","style":"paragraph"},"attachments":[],"reactions":{},)"
            R"("read":true,"has_mention":false,"mention_read":true})");
}

TEST(WriteMessage, HasEveryPartThatIsThere) {
  auto message = sample_message();
  message.style = model::TextStyle::quote;
  message.marks = R"([{"type":"bold","from":0,"to":4}])";
  message.reply_to = MessageId{35};
  message.edited_at = message.created_at + 5 * kSecond;
  message.attachments = {{.kind = model::AttachmentKind::image, .file = FileId{7}, .target = "as it was spelled"},
                         {.kind = model::AttachmentKind::link, .target = "https://example.org/"}};
  message.reactions = {{.user = UserId{1}, .emoji = "b", .external_id = "bob"},
                       {.user = UserId{2}, .emoji = "a", .external_id = "bob"},
                       {.user = UserId{3}, .emoji = "b", .external_id = "carol"}};
  EXPECT_EQ(text_of(message, {.read = false, .has_mention = true, .mention_read = false}),
            R"({"object":"chat_message","id":"bafyqacidaaaaaaaaaaaci","order_id":"100",)"
            R"("state_id":"0000000000000000000000ff","creator":"alice","created_at":1765627200,)"
            R"("modified_at":1765627205,"reply_to_message_id":"bafyqacidaaaaaaaaaaacg","content":{"text":"Bold",)"
            R"("style":"quote","marks":[{"type":"bold","from":0,"to":4}]},)"
            R"("attachments":[{"target":"bafyqacifaaaaaaaaaaaao","type":"image"},)"
            R"({"target":"https://example.org/","type":"link"}],"reactions":{"b":["bob","carol"],"a":["bob"]},)"
            R"("read":false,"has_mention":true,"mention_read":false})");
}

TEST(Style, IsAParagraphWhereNobodyKnowsIt) {
  EXPECT_EQ(style_name(parse_style("header3")), "header3");
  EXPECT_EQ(style_name(parse_style("bulleted")), "marked");
  EXPECT_EQ(style_name(parse_style("")), "paragraph");
  EXPECT_EQ(style_name(parse_style("Quote")), "paragraph");
}

TEST(Attachments, ReferToFilesByTheirCid) {
  auto const file = api::spell_cid(api::CidType::file, 7);
  auto const stored = attachments_from({{file, "image"}, {file, "link"}, {"bafyrei...", "image"}, {"x", "hologram"}});
  EXPECT_EQ(stored[0].file, FileId{7});
  EXPECT_EQ(stored[0].kind, model::AttachmentKind::image);
  EXPECT_EQ(stored[1].file, FileId{});
  EXPECT_EQ(stored[2].file, FileId{});
  EXPECT_EQ(stored[2].target, "bafyrei...");
  EXPECT_EQ(stored[3].kind, model::AttachmentKind::file);
}

TEST(Participant, HoldsSpaceAndIdentity) {
  auto const id = format_participant(SpaceId{1}, "a_b/c");
  EXPECT_EQ(id, "_participant_bafyqacibaaaaaaaaaaaac_a_b/c");
  EXPECT_EQ(parse_participant(SpaceId{1}, id), "a_b/c");
  EXPECT_EQ(parse_participant(SpaceId{2}, id), std::nullopt);
  EXPECT_EQ(parse_participant(SpaceId{2}, "bob"), "bob");
}

std::string icon(std::string_view json) {
  auto const stored = icon_from(*parse_json(json));
  return stored ? *stored : stored.error().field + ": " + stored.error().message;
}

TEST(Icon, IsOneOfThreeVariants) {
  EXPECT_EQ(icon("null"), "");
  EXPECT_EQ(icon(R"({"format":"emoji","emoji":"x","more":1})"), R"({"format":"emoji","emoji":"x"})");
  EXPECT_EQ(icon(R"({"format":"file","file":"x"})"), R"({"format":"file","file":"x"})");
  EXPECT_EQ(icon(R"({"color":"red","name":"x","format":"icon"})"), R"({"format":"icon","name":"x","color":"red"})");
  EXPECT_EQ(icon(R"({"format":"icon","name":"x"})"), "icon: icon.color must be a string");
  EXPECT_EQ(icon(R"("x")"), "icon: icon.format must be one of emoji, file, icon");
}

TEST(Pagination, KnowsWhetherThereIsMore) {
  EXPECT_TRUE(pagination_of({.offset = 0, .limit = 2}, 3).has_more);
  EXPECT_FALSE(pagination_of({.offset = 1, .limit = 2}, 3).has_more);
  EXPECT_FALSE(pagination_of({.offset = INT64_MAX, .limit = 2}, 3).has_more);
}

}  // namespace
}  // namespace parlance::anytype
