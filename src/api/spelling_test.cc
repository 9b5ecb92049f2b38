#include "api/spelling.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace parlance::api {
namespace {

TEST(SpellingPrefixed, RoundTrips) {
  EXPECT_EQ(spell_room(ConversationId{1}), "room_1");
  EXPECT_EQ(spell_message(MessageId{35}), "msg_z");
  EXPECT_EQ(spell_notification(NotificationId{36}), "notif_10");
  for (std::int64_t const id : {std::int64_t{1}, std::int64_t{46655}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(parse_room(spell_room(ConversationId{id})), ConversationId{id});
    EXPECT_EQ(parse_tenant(spell_tenant(TenantId{id})), TenantId{id});
  }
}

TEST(SpellingPrefixed, RefusesEverySecondSpelling) {
  for (auto const* text : {"", "room_", "room_0", "room_01", "room_A", "room_-1", "room_1 ", "Room_1", "msg_1", "1",
                           "room_zzzzzzzzzzzzzzzz"}) {
    EXPECT_FALSE(parse_room(text)) << text;
  }
}

TEST(SpellingDecimal, TakesPositiveNumbersWithoutLeadingZeros) {
  EXPECT_EQ(parse_decimal("42"), 42);
  for (auto const* text : {"", "0", "042", "-1", "+1", "1.0", "1e3", " 1", "9223372036854775808"})
    EXPECT_FALSE(parse_decimal(text)) << text;
}

TEST(SpellingStruct, SpellsEveryIdOfTheSourceText) {
  std::set<std::string> const samples = {
      "4Lb29",   "2K5c1c",  "4L6c8",   "3M18",    "2K3259",  "5N4",     "4L6c7",   "4L6c5",   "4Kfb24",  "2Lc26",
      "6N1",     "6M10",    "4L6d3",   "1J1aeb5", "6N2",     "6M13",    "4L6c3",   "4K1fe9",  "3M52",    "3Ld0d",
      "2K2d0c",  "2K284a",  "2K1da7",  "1J2f904", "1J2f903", "1J2f902", "1J2f901", "1J2f7eb", "1J21764", "1J21763",
      "1J21762", "1J21761", "1J21760", "1J1af65", "1J1aeb8", "1J1ae97", "1J1ae93"};
  for (auto const& text : samples) {
    auto const type = struct_type_of(text);
    ASSERT_TRUE(type) << text;
    auto const id = parse_struct(*type, text);
    ASSERT_TRUE(id) << text;
    EXPECT_EQ(spell_struct(*type, *id), text);
  }
  EXPECT_EQ(parse_struct(StructType::thread, "2K284a"), 0x284a);
}

TEST(SpellingStruct, WritesNoneAsZero) {
  EXPECT_EQ(spell_struct(StructType::user, 0), "0");
  EXPECT_EQ(parse_struct(StructType::user, "0"), 0);
  EXPECT_FALSE(struct_type_of("0"));
}

TEST(SpellingStruct, RefusesWrongLettersTypesAndDigits) {
  for (auto const* text :
       {"", "2", "2K", "2L284a", "2K284A", "2K0284", "7N1", "2N0", "2k284a", "2K284a ", "2N1x", "3K284a"})
    EXPECT_FALSE(parse_struct(StructType::thread, text)) << text;
}

TEST(SpellingCid, IsACidOfTypeAndId) {
  EXPECT_EQ(spell_cid(CidType::conversation, 1), "bafyqacicaaaaaaaaaaaac");
  for (std::int64_t const id : {std::int64_t{1}, std::int64_t{65537}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(parse_cid(CidType::message, spell_cid(CidType::message, id)), id);
    EXPECT_FALSE(parse_cid(CidType::space, spell_cid(CidType::message, id)));
  }
}

TEST(SpellingCid, RefusesWhatIsNotCanonical) {
  auto const good = spell_cid(CidType::space, 7);
  auto last = good;
  ++last.back();
  auto upper = good;
  upper[3] = 'Y';
  for (auto const& text : {std::string(), std::string("b"), good + "a", good.substr(1), last, upper,
                           spell_cid(CidType::space, 0), spell_cid(CidType::space, -1)})
    EXPECT_FALSE(parse_cid(CidType::space, text)) << text;
}

TEST(SpellingAny, TakesWhatEveryDialectWrites) {
  ConversationId const id{0x284a};
  for (auto const& text : {spell_room(id), spell_decimal(id.value), spell_struct(StructType::thread, id.value),
                           spell_struct(StructType::channel, id.value), spell_cid(CidType::conversation, id.value)})
    EXPECT_EQ(parse_any_conversation(text), id) << text;
  for (auto const* text : {"0", "msg_1", "4K284a", "x"}) EXPECT_FALSE(parse_any_conversation(text)) << text;
  EXPECT_EQ(parse_any_space("12"), SpaceId{12});
  EXPECT_EQ(parse_any_tenant("5N4"), TenantId{4});
  EXPECT_EQ(parse_any_message("1J1aeb5"), MessageId{0x1aeb5});
}

}  // namespace
}  // namespace parlance::api
