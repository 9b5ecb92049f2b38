#include "slack/text.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace parlance::slack {
namespace {

std::optional<UserId> user_of(std::string_view id) {
  if (id == "U1") return UserId{0xb29};
  if (id == "W2") return UserId{0x6c8};
  return std::nullopt;
}

TEST(SlackText, FindsMentions) {
  auto const found = mentioned_in("<@U1> and <@W2|will>, <@U1> again; <@u3> <@U> <@U4 <@U5> <#C1|general> <!here>");
  EXPECT_EQ(fmt::format("{}", fmt::join(found, " ")), "U1 W2 U5");
  EXPECT_TRUE(mentioned_in("<@U1").empty());
}

TEST(SlackText, SpellsMentionsAsStructDoes) {
  EXPECT_EQ(respell_mentions("<@U1>: hi <@W2|will>!", user_of), "<@4Lb29>: hi <@4L6c8>!");
  EXPECT_EQ(respell_mentions("<@U9> &lt;@U1&gt; <@U1", user_of), "<@U9> &lt;@U1&gt; <@U1");
  EXPECT_EQ(respell_mentions("", user_of), "");
}

TEST(SlackText, NamesFilesAsLinks) {
  EXPECT_EQ(describe_files({{"a<b>.pdf", "application/pdf", 12, "https://f.example/1?a&b"}, {"gone.txt", "", 0, ""}}),
            "<https://f.example/1?a&amp;b|a&lt;b&gt;.pdf> (application/pdf, 12 bytes)\ngone.txt");
}

TEST(SlackText, IsCutWhereItIsTooLong) {
  EXPECT_EQ(cut_text("short", 10), std::vector<std::string>{"short"});
  EXPECT_EQ(cut_text("", 10), std::vector<std::string>{""});
  EXPECT_EQ(fmt::format("{}", fmt::join(cut_text("0123456\n89abcdef", 10), "|")), "0123456\n|89abcdef");
  EXPECT_EQ(fmt::format("{}", fmt::join(cut_text("aaaaaaaaaé", 10), "|")), "aaaaaaaaa|é");
}

TEST(SlackText, IsMadeOneLine) {
  EXPECT_EQ(one_line("  a\nb\x7F ", 10), "a b");
  EXPECT_EQ(one_line("ééé", 3), "é");
}

}  // namespace
}  // namespace parlance::slack
