#include "dialects/structchat/search_parameters.h"

#include <gtest/gtest.h>

namespace parlance::structchat {
namespace {

using search::Column;

TEST(StructSearchIds, ReadsWhatTheFieldHolds) {
  EXPECT_EQ(0x6c8, search_id_of(Column::user_ids, "4L6c8"));
  EXPECT_EQ(0x6c8, search_id_of(Column::author_id, "4L6c8"));
  EXPECT_EQ(0x18, search_id_of(Column::xsr_ids, "3M18"));
  EXPECT_EQ(4, search_id_of(Column::org_id, "5N4"));
  EXPECT_EQ(0x3259, search_id_of(Column::id, "2K3259"));
  EXPECT_EQ(0x3259, search_id_of(Column::id, "3K3259"));
}

TEST(StructSearchIds, KnowsNoneAsZero) { EXPECT_EQ(0, search_id_of(Column::author_id, "0")); }

TEST(StructSearchIds, MakesNobodysOfWhatIsNone) {
  for (auto const text : {"", "4L6C8", "4M6c8", "3L6c8", "6c8", "4L6c8 ", "4L06c", "-1", "1732"})
    EXPECT_EQ(-1, search_id_of(Column::user_ids, text)) << text;
  EXPECT_EQ(-1, search_id_of(Column::id, "4L6c8"));
}

TEST(StructSearchIds, SpellsWhatTheIndexCounts) {
  EXPECT_EQ("4L6c8", spell_search_value(Column::user_ids, "1736"));
  EXPECT_EQ("3M18", spell_search_value(Column::xsr_ids, "24"));
  EXPECT_EQ("true", spell_search_value(Column::resolved, "1"));
  EXPECT_EQ("false", spell_search_value(Column::resolved, "0"));
  EXPECT_EQ("24", spell_search_value(Column::tags, "24"));
}

std::string shown(std::string body, std::string query = "") {
  http::Request request;
  request.body = std::move(body);
  request.query_string = std::move(query);
  auto const parameters = search_parameters_of(request);
  if (!parameters) return parameters.error().field + ": " + parameters.error().message;
  std::string text;
  for (auto const& [name, value] : *parameters) text += name + "=" + value + ";";
  return text;
}

TEST(StructSearchParameters, TakesTextsNumbersFlagsAndLists) {
  EXPECT_EQ("page=2;prefix=false;q=a;", shown(R"({"q":"a","page":2,"prefix":false})"));
  EXPECT_EQ("page=2;query_by=subject,chats;", shown(R"({"page":"2","query_by":["subject","chats"]})"));
  EXPECT_EQ("num_typos=0,2;", shown(R"({"num_typos":[0,2],"q":null})"));
}

TEST(StructSearchParameters, TakesWhatTheBodyLacksFromTheAddress) {
  EXPECT_EQ("page=3;q=a;", shown(R"({"q":"a"})", "q=b&page=3"));
  EXPECT_EQ("q=b c;", shown("", "q=b+c&unknown=1"));
}

TEST(StructSearchParameters, RefusesEverythingElse) {
  EXPECT_EQ("page: must be a text, a whole number, true or false, or a list of these", shown(R"({"page":1.5})"));
  EXPECT_EQ("q: must be a text, a whole number, true or false, or a list of these", shown(R"({"q":{}})"));
  EXPECT_EQ("q: must be a text, a whole number, true or false, or a list of these", shown(R"({"q":[[]]})"));
}

}  // namespace
}  // namespace parlance::structchat
