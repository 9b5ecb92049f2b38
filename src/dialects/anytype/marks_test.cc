#include "dialects/anytype/marks.h"

#include <gtest/gtest.h>

namespace parlance::anytype {
namespace {

std::string check(std::string_view text, ChatMark mark) {
  auto const result = check_marks(text, {ChatMark{"bold", 0, 1, {}}, std::move(mark)});
  return result ? "ok" : result.error().field + ": " + result.error().message;
}

TEST(Marks, CountInUtf16Units) {
  EXPECT_EQ(check("Bold", {"bold", 0, 4, {}}), "ok");
  EXPECT_EQ(check("Bold", {"bold", 3, 3, {}}), "ok");
  EXPECT_EQ(check("a\U0001F989z", {"italic", 1, 3, {}}), "ok");
  EXPECT_EQ(check("a\U0001F989z", {"italic", 3, 4, {}}), "ok");
  EXPECT_EQ(check("\u00e4\u20ac", {"italic", 1, 2, {}}), "ok");
}

TEST(Marks, MustLieInTheText) {
  EXPECT_EQ(check("Bold", {"bold", -1, 2, {}}), "marks[1].from: marks[1].from must lie within the text");
  EXPECT_EQ(check("Bold", {"bold", 4, 4, {}}), "marks[1].from: marks[1].from must lie within the text");
  EXPECT_EQ(check("Bold", {"bold", 0, 5, {}}), "marks[1].to: marks[1].to must lie between from and the text's end");
  EXPECT_EQ(check("Bold", {"bold", 2, 1, {}}), "marks[1].to: marks[1].to must lie between from and the text's end");
}

TEST(Marks, MustNotSplitASurrogatePair) {
  EXPECT_EQ(check("a\U0001F989z", {"bold", 2, 4, {}}), "marks[1].from: marks[1].from lies inside of a surrogate pair");
  EXPECT_EQ(check("a\U0001F989z", {"bold", 0, 2, {}}), "marks[1].to: marks[1].to lies inside of a surrogate pair");
}

TEST(Marks, MustHaveAKnownType) {
  EXPECT_EQ(check("Bold", {"blink", 0, 1, {}}).substr(0, 38), "marks[1].type: marks[1].type must be o");
  EXPECT_EQ(check("Bold", {"text_color", 0, 1, "red"}), "ok");
}

TEST(Marks, AreStoredAsTheyAreSent) {
  EXPECT_EQ(format_marks({}), "");
  EXPECT_EQ(format_marks({{"background_color", 0, 2, "red"}, {"bold", 1, 3, {}}}),
            R"([{"type":"backgroundcolor","from":0,"to":2,"param":"red"},{"type":"bold","from":1,"to":3}])");
}

TEST(Marks, NameWhomTheyMention) {
  std::vector<ChatMark> const marks{{"mention", 0, 1, "bob"}, {"link", 0, 1, "x"}, {"mention", 1, 2, {}}};
  EXPECT_EQ(mentions_in(marks), (std::vector<std::string_view>{"bob"}));
}

}  // namespace
}  // namespace parlance::anytype
