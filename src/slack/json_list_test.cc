#include "slack/json_list.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>

namespace parlance::slack {
namespace {

/// The members, a line each, or how it ended.
std::string read_all(std::string_view text) {
  JsonList list(text);
  std::string lines;
  while (true) {
    auto const value = list.next();
    if (!value) return lines + value.error().message;
    if (!*value) return lines + "end of " + std::to_string(list.number());
    lines += boost::json::serialize(**value) + "\n";
  }
}

TEST(JsonList, ReadsOneMemberAfterTheOther) {
  EXPECT_EQ(read_all("[]"), "end of 0");
  EXPECT_EQ(read_all(" \n[ ] \n"), "end of 0");
  EXPECT_EQ(read_all("\xEF\xBB\xBF[1]"), "1\nend of 1");
  EXPECT_EQ(read_all(R"([1, "a,]\"b[", {"c": [2, {"d": "}"}]} ,[]])"),
            "1\n\"a,]\\\"b[\"\n{\"c\":[2,{\"d\":\"}\"}]}\n[]\nend of 4");
}

TEST(JsonList, TellsWhereItBreaks) {
  EXPECT_EQ(read_all(""), "entry 0 at byte 0: this is not a JSON list");
  EXPECT_EQ(read_all("{}"), "entry 0 at byte 0: this is not a JSON list");
  EXPECT_TRUE(read_all("[1, {\"a\": 1").starts_with("1\nentry 2 at byte 4: malformed JSON"));
  EXPECT_TRUE(read_all("[1,]").starts_with("1\nentry 2 at byte 3: malformed JSON"));
  EXPECT_TRUE(read_all("[1 2]").starts_with("entry 1 at byte 1: malformed JSON"));
  EXPECT_EQ(read_all("[1] 2"), "1\nentry 1 at byte 4: something follows the list");
  EXPECT_EQ(read_all("[1"), "1\nentry 1 at byte 2: the list breaks off");
}

TEST(JsonList, RefusesDeepNesting) {
  auto const deep = "[" + std::string(100, '[') + std::string(100, ']') + "]";
  EXPECT_TRUE(read_all(deep).starts_with("entry 1 at byte 1: malformed JSON"));
}

}  // namespace
}  // namespace parlance::slack
