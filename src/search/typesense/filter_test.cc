#include "search/typesense/filter.h"

#include <gtest/gtest.h>

#include "search/typesense/filter_text.h"

namespace parlance::search::typesense {
namespace {

/// The tree as text, or what is wrong.
std::string read(std::string_view text) {
  auto const filter = parse_filter(text);
  return filter ? text_of(*filter) : filter.error().field + ": " + filter.error().message;
}

TEST(TypesenseFilter, ReadsEveryComparator) {
  EXPECT_EQ("subject:release", read("subject:release"));
  EXPECT_EQ("tags:=release", read("tags:=release"));
  EXPECT_EQ("tags:!=release", read("tags:!=release"));
  EXPECT_EQ("tags:!=release", read("tags:!release"));
  EXPECT_EQ("num_chats:=5", read("num_chats:5"));
  EXPECT_EQ("num_chats:=-5", read("num_chats:=-5"));
  EXPECT_EQ("num_chats:!=5", read("num_chats:!=5"));
  EXPECT_EQ("num_chats:>5", read("num_chats:>5"));
  EXPECT_EQ("num_chats:>=5", read("num_chats:>=5"));
  EXPECT_EQ("num_chats:<5", read("num_chats:<5"));
  EXPECT_EQ("num_chats:<=5", read("num_chats:<=5"));
  EXPECT_EQ("resolved:=1", read("resolved:true"));
  EXPECT_EQ("resolved:!=0", read("resolved:!=false"));
}

TEST(TypesenseFilter, ReadsLists) {
  EXPECT_EQ("tags:[a, b]", read("tags:[a,b]"));
  EXPECT_EQ("tags:=[a, b]", read("tags:=[a, b]"));
  EXPECT_EQ("tags:!=[a, b]", read("tags:!=[a,b]"));
  EXPECT_EQ("tags:!=[a, b]", read("tags:![a,b]"));
  EXPECT_EQ("tags:=a", read("tags:=[a]"));
  EXPECT_EQ("num_chats:=[1, 2]", read("num_chats:[1,2]"));
  EXPECT_EQ("resolved:=[1, 0]", read("resolved:[true,false]"));
}

TEST(TypesenseFilter, ReadsRanges) {
  EXPECT_EQ("num_chats:[1..5]", read("num_chats:[1..5]"));
  EXPECT_EQ("num_chats:[-5..-1]", read("num_chats:= [ -5 .. -1 ]"));
  EXPECT_EQ("num_chats:[1..5] || num_chats:=9", read("num_chats:[1..5, 9]"));
  EXPECT_EQ("num_chats:[1..2] || num_chats:[8..9] || num_chats:=[4, 5]", read("num_chats:[4, 1..2, 5, 8..9]"));
  EXPECT_EQ("num_chats:<1 || num_chats:>5", read("num_chats:!=[1..5]"));
  EXPECT_EQ("(num_chats:<1 || num_chats:>5) && num_chats:!=9", read("num_chats:!=[1..5, 9]"));
}

TEST(TypesenseFilter, TakesSpacesAnywhere) {
  EXPECT_EQ("user_ids:=4L6c8", read("user_ids := [4L6c8]"));
  EXPECT_EQ("user_ids:=[4L6c8, 4Lb29]", read("  user_ids  :  =  [  4L6c8  ,  4Lb29  ]  "));
  EXPECT_EQ("num_chats:>=5 && tags:=a", read("num_chats : >= 5&&tags:= a"));
  EXPECT_EQ("num_chats:>5", read("\tnum_chats\n:>\r\n5 "));
}

TEST(TypesenseFilter, BindsAndTighterThanOr) {
  EXPECT_EQ("tags:=a || (tags:=b && tags:=c)", read("tags:=a || tags:=b && tags:=c"));
  EXPECT_EQ("(tags:=a && tags:=b) || tags:=c", read("tags:=a && tags:=b || tags:=c"));
  EXPECT_EQ("(tags:=a || tags:=b) && tags:=c", read("(tags:=a || tags:=b) && tags:=c"));
  EXPECT_EQ("tags:=a && tags:=b && tags:=c", read("tags:=a&&tags:=b&&tags:=c"));
  EXPECT_EQ("tags:=a || tags:=b || tags:=c", read("tags:=a||tags:=b||tags:=c"));
  EXPECT_EQ("tags:=a", read("((( tags:=a )))"));
  EXPECT_EQ("tags:=a && (tags:=b || (tags:=c && num_chats:>1))",
            read("tags:=a && (tags:=b || (tags:=c && num_chats:>1))"));
}

TEST(TypesenseFilter, TakesBackticksLiterally) {
  EXPECT_EQ("tags:=`a,b`", read("tags:=`a,b`"));
  EXPECT_EQ("tags:=[`a,b`, c]", read("tags:=[`a,b`, c]"));
  EXPECT_EQ("subject:=`a && b || (c)`", read("subject:= `a && b || (c)` "));
  EXPECT_EQ("subject:=` a `", read("subject:=` a `"));
  EXPECT_EQ("tags:=`]` && tags:=b", read("tags:=[`]`] && tags:=b"));
}

TEST(TypesenseFilter, LetsValuesHoldWhatEndsNone) {
  EXPECT_EQ("subject:=`two words`", read("subject:=two words"));
  EXPECT_EQ("subject:=a:b", read("subject:=a:b"));
  EXPECT_EQ("subject:=`a & b | c`", read("subject:=a & b | c"));
  EXPECT_EQ("subject:=`a,b`", read("subject:=a,b"));
  EXPECT_EQ("subject:日本語", read("subject:日本語"));
  EXPECT_EQ("subject:=`x' OR '1'='1`", read("subject:=x' OR '1'='1"));
}

TEST(TypesenseFilter, LetsEverythingThroughWhereThereIsNone) {
  EXPECT_EQ("", read(""));
  EXPECT_EQ("", read("   "));
}

TEST(TypesenseFilter, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ("filter_by: expected a value at position 12", read("user_ids :="));
  EXPECT_EQ("filter_by: expected a value at position 13", read("user_ids := "));
  EXPECT_EQ("filter_by: expected a value at position 14", read("user_ids := []"));
  EXPECT_EQ("filter_by: expected a value at position 9", read("tags:[a,]"));
  EXPECT_EQ("filter_by: expected a value at position 7", read("tags:=&& tags:=b"));
  EXPECT_EQ("filter_by: expected a value at position 7", read("tags:=``"));
  EXPECT_EQ("filter_by: unknown field colour at position 1", read("colour:red"));
  EXPECT_EQ("filter_by: unknown field colour at position 13", read("tags:=日本 && colour:red"));
  EXPECT_EQ("filter_by: expected a field at position 1", read("=5"));
  EXPECT_EQ("filter_by: expected a field at position 12", read("tags:=a && "));
  EXPECT_EQ("filter_by: expected a colon after the field at position 5", read("tags"));
  EXPECT_EQ("filter_by: expected a colon after the field at position 6", read("tags =a"));
  EXPECT_EQ("filter_by: expected , or ] at position 8", read("tags:[a"));
  EXPECT_EQ("filter_by: expected , or ] at position 11", read("tags:[`a` b]"));
  EXPECT_EQ("filter_by: expected && or || at position 11", read("tags:=`a` b"));
  EXPECT_EQ("filter_by: expected && or || at position 8", read("tags:=a)"));
  EXPECT_EQ("filter_by: expected &&, || or ) at position 9", read("(tags:=a"));
  EXPECT_EQ("filter_by: a backtick is never closed at position 7", read("tags:=`a"));
  EXPECT_EQ("filter_by: a literal in backticks stands alone at position 9", read("tags:=a `b`"));
}

TEST(TypesenseFilter, RefusesValuesThatTheFieldCannotHave) {
  EXPECT_EQ("filter_by: expected a whole number at position 11", read("num_chats:many"));
  EXPECT_EQ("filter_by: expected a whole number at position 11", read("num_chats:1.5"));
  EXPECT_EQ("filter_by: expected a whole number at position 14", read("num_chats:>= five"));
  EXPECT_EQ("filter_by: expected a whole number at position 12", read("num_chats:>[1,2]"));
  EXPECT_EQ("filter_by: expected a whole number at position 15", read("num_chats:[1, 2..x]"));
  EXPECT_EQ("filter_by: expected a whole number at position 11", read("num_chats:99999999999999999999"));
  EXPECT_EQ("filter_by: expected true or false at position 10", read("resolved:maybe"));
  EXPECT_EQ("filter_by: subject is not a number and cannot be ordered at position 9", read("subject:>5"));
  EXPECT_EQ("filter_by: user_ids is not a number and cannot be ordered at position 10", read("user_ids:<4L6c8"));
}

TEST(TypesenseFilter, IsBounded) {
  auto const deep = [](std::size_t depth) { return std::string(depth, '(') + "tags:=a" + std::string(depth, ')'); };
  EXPECT_EQ("tags:=a", read(deep(kMaxFilterDepth)));
  EXPECT_EQ("filter_by: at most 20 parentheses within each other at position 21", read(deep(kMaxFilterDepth + 1)));
  EXPECT_EQ("filter_by: at most 20 parentheses within each other at position 21", read(std::string(10000, '(')));
  EXPECT_EQ("filter_by: at most 16384 bytes", read(std::string(kMaxFilterBytes + 1, ' ')));
  std::string many = "tags:[a";
  for (std::size_t i = 1; i < kMaxFilterValues; ++i) many += ",a";
  EXPECT_TRUE(parse_filter(many + "]"));
  EXPECT_EQ("filter_by: at most 500 values at position 1007", read(many + ",a]"));
}

TEST(TypesenseFilter, RefusesWhatNoTextMayHold) {
  EXPECT_EQ("filter_by: must not contain the character NUL", read(std::string_view("tags:=a\0b", 9)));
  EXPECT_EQ("filter_by: must be well-formed UTF-8", read("tags:=\xff"));
}

TEST(TypesenseFilter, LeavesIdsToTheDialect) {
  auto filter = *parse_filter("(user_ids:=[x, yy] || tags:=x) && author_id:!=zzz");
  read_ids(filter, [](Column, std::string_view text) { return static_cast<std::int64_t>(text.size()); });
  EXPECT_EQ("(user_ids:=[1, 2] || tags:=x) && author_id:!=3", text_of(filter));
}

}  // namespace
}  // namespace parlance::search::typesense
