#include "base/raw_json.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(RawMember, KeepsTheSendersSpelling) {
  EXPECT_EQ(raw_member(R"({"content":"x","meta":{"price": 1.0, "big":1e400}})", "meta"),
            R"({"price": 1.0, "big":1e400})");
}

TEST(RawMember, TakesScalars) {
  EXPECT_EQ(raw_member(R"({ "a" : 12 , "b":true,"c":null,"d":"x\"}y"})", "a"), "12");
  EXPECT_EQ(raw_member(R"({"a":12,"b":true})", "b"), "true");
  EXPECT_EQ(raw_member(R"({"a":12,"c":null })", "c"), "null");
  EXPECT_EQ(raw_member(R"({"d":"x\"}y","e":[1,"]",{"f":[]}]})", "d"), R"("x\"}y")");
  EXPECT_EQ(raw_member(R"({"d":"x\"}y","e":[1,"]",{"f":[]}]})", "e"), R"([1,"]",{"f":[]}])");
}

TEST(RawMember, LooksOnlyAtTheTopLevel) {
  EXPECT_EQ(raw_member(R"({"other":{"meta":1}})", "meta"), std::nullopt);
  EXPECT_EQ(raw_member(R"({"other":"meta","meta":2})", "meta"), "2");
}

TEST(RawMember, TheLastDuplicateCountsAndKeysMayBeEscaped) {
  EXPECT_EQ(raw_member(R"({"meta":1,"m\u0065ta":2})", "meta"), "2");
}

TEST(RawMember, FindsNothingWhereThereIsNoObject) {
  EXPECT_EQ(raw_member("[1]", "meta"), std::nullopt);
  EXPECT_EQ(raw_member("{}", "meta"), std::nullopt);
  EXPECT_EQ(raw_member("  ", "meta"), std::nullopt);
}

TEST(RawItems, KeepTheSendersSpelling) {
  EXPECT_EQ(raw_items(R"([ {"a":1.0} , [2], "x,y" ,3])"),
            (std::vector<std::string_view>{R"({"a":1.0})", "[2]", R"("x,y")", "3"}));
  EXPECT_TRUE(raw_items("[]").empty());
  EXPECT_TRUE(raw_items("{}").empty());
}

}  // namespace
}  // namespace parlance
