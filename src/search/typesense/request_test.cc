#include "search/typesense/request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "search/typesense/fields.h"
#include "search/typesense/filter_text.h"

namespace parlance::search::typesense {
namespace {

std::string error_of(Parameters const& parameters) {
  auto const request = read_request(parameters);
  return request ? "no error" : request.error().field + ": " + request.error().message;
}

SearchRequest must(Parameters const& parameters) {
  auto request = read_request(parameters);
  if (!request) throw std::runtime_error(request.error().message);
  return *std::move(request);
}

std::string text_of(std::vector<QueryField> const& fields) {
  std::string text;
  for (auto const& field : fields) {
    auto const prefix = field.is_prefix ? "*" : "";
    text += fmt::format("{}{}^{}~{} ", name_of(field.field), prefix, field.weight, field.typos);
  }
  return text;
}

std::string text_of(std::vector<SortKey> const& keys) {
  std::string text;
  for (auto const& key : keys) {
    auto const name = key.by == SortKey::By::text_match ? "_text_match" : field_of(key.column).name;
    text += fmt::format("{}:{} ", name, key.is_descending ? "desc" : "asc");
  }
  return text;
}

std::string text_of(Terms const& terms) {
  std::string text;
  for (auto const& term : terms.required)
    text += fmt::format("{}{} ", fmt::join(term.tokens, "+"), term.is_prefix ? "*" : "");
  for (auto const& term : terms.excluded) text += fmt::format("-{} ", fmt::join(term.tokens, "+"));
  return text;
}

std::string words(std::string q, Parameters parameters = {}) {
  parameters["q"] = std::move(q);
  auto const query = must(parameters).query;
  return (query.matches_all ? "* " : "") + text_of(query.terms);
}

TEST(TypesenseRequest, ReadsWords) {
  EXPECT_EQ("quick fox* ", words("quick fox"));
  EXPECT_EQ("quick fox ", words("quick fox", {{"prefix", "false"}}));
  EXPECT_EQ("quick fox* ", words("quick fox", {{"prefix", "false,true,false"}}));
  EXPECT_EQ("quick+fox -lazy ", words("\"quick fox\" -lazy"));
  EXPECT_EQ("日本 ", words("日本"));
}

TEST(TypesenseRequest, KnowsWhatMatchesEverythingAndWhatNothing) {
  EXPECT_EQ("* ", words("*"));
  EXPECT_EQ("* ", words(""));
  EXPECT_EQ("* ", words("  "));
  EXPECT_EQ("* -fox ", words("-fox"));
  EXPECT_EQ("* -fox ", words("* -fox"));
  EXPECT_EQ("", words("?!"));
  EXPECT_EQ("fox* ", words("* fox"));
  EXPECT_TRUE(must({}).query.matches_all);
}

TEST(TypesenseRequest, ReadsQueryFields) {
  EXPECT_EQ("subject*^3~2 summary*^2~2 chats*^1~2 ", text_of(must({}).query.fields));
  EXPECT_EQ("tags*^2~2 chats*^1~2 ", text_of(must({{"query_by", " tags , chats "}}).query.fields));
  EXPECT_EQ("tags*^5~0 chats^1~1 ", text_of(must({{"query_by", "tags,chats"},
                                                  {"query_by_weights", "5,0"},
                                                  {"prefix", "true,false"},
                                                  {"num_typos", "0,1"}})
                                                .query.fields));
  EXPECT_EQ("subject^3~1 summary^2~1 chats^1~1 ",
            text_of(must({{"prefix", "false"}, {"num_typos", "1"}}).query.fields));
}

TEST(TypesenseRequest, ReadsWhereWordsAreLookedForWithinOthers) {
  auto const infixes = [](Parameters const& parameters) {
    std::vector<Infix> all;
    for (auto const& field : must(parameters).query.fields) all.push_back(field.infix);
    return all;
  };
  EXPECT_EQ((std::vector{Infix::off, Infix::off, Infix::off}), infixes({}));
  EXPECT_EQ((std::vector{Infix::always, Infix::always, Infix::always}), infixes({{"infix", "always"}}));
  EXPECT_EQ((std::vector{Infix::off, Infix::fallback}),
            infixes({{"query_by", "subject,chats"}, {"infix", "off, fallback"}}));
}

TEST(TypesenseRequest, NamesWhatIsWrongWithQueryFields) {
  EXPECT_EQ("query_by: unknown field title", error_of({{"query_by", "subject,title"}}));
  EXPECT_EQ("query_by: user_ids is not a field of words", error_of({{"query_by", "user_ids"}}));
  EXPECT_EQ("query_by: unknown field ", error_of({{"query_by", "subject,"}}));
  EXPECT_EQ("query_by: tags is there twice", error_of({{"query_by", "tags,tags"}}));
  EXPECT_EQ("query_by_weights: has 2 parts for 3 fields", error_of({{"query_by_weights", "1,2"}}));
  EXPECT_EQ("query_by_weights: must be a whole number, 0 to 127", error_of({{"query_by_weights", "1,2,128"}}));
  EXPECT_EQ("prefix: must be true or false", error_of({{"prefix", "yes"}}));
  EXPECT_EQ("num_typos: must be a whole number, 0 to 2", error_of({{"num_typos", "3"}}));
  EXPECT_EQ("infix: must be off, fallback or always", error_of({{"infix", "on"}}));
  EXPECT_EQ("infix: has 2 parts for 3 fields", error_of({{"infix", "off,always"}}));
}

TEST(TypesenseRequest, SortsByMatchOrNewestFirst) {
  EXPECT_EQ("_text_match:desc ", text_of(must({{"q", "fox"}}).query.sort));
  EXPECT_EQ("", text_of(must({{"q", "*"}}).query.sort));
  EXPECT_EQ("created_at:asc ", text_of(must({{"sort_by", "created_at:asc"}}).query.sort));
  EXPECT_EQ("_text_match:desc num_chats:asc id:desc ",
            text_of(must({{"sort_by", " _text_match : DESC , num_chats:asc,id:desc "}}).query.sort));
}

TEST(TypesenseRequest, NamesWhatIsWrongWithSorting) {
  EXPECT_EQ("sort_by: unknown field age at position 1", error_of({{"sort_by", "age:asc"}}));
  EXPECT_EQ("sort_by: subject cannot be sorted by at position 15",
            error_of({{"sort_by", "num_chats:asc,subject:asc"}}));
  EXPECT_EQ("sort_by: expected :asc or :desc at position 11", error_of({{"sort_by", "created_at"}}));
  EXPECT_EQ("sort_by: expected asc or desc at position 12", error_of({{"sort_by", "created_at:up"}}));
  EXPECT_EQ("sort_by: expected a field at position 16", error_of({{"sort_by", "created_at:asc,"}}));
  EXPECT_EQ("sort_by: expected a comma at position 16", error_of({{"sort_by", "created_at:asc id:asc"}}));
  EXPECT_EQ("sort_by: at most 3 fields at position 22", error_of({{"sort_by", "id:asc,id:asc,id:asc,id:asc"}}));
}

std::string page(Parameters const& parameters) {
  auto const request = must(parameters);
  return fmt::format("{}/{} {}+{}", request.page, request.per_page, request.query.offset, request.query.limit);
}

TEST(TypesenseRequest, Pages) {
  EXPECT_EQ("1/10 0+10", page({}));
  EXPECT_EQ("3/20 40+20", page({{"page", "3"}, {"per_page", "20"}}));
  EXPECT_EQ("1/0 0+0", page({{"per_page", "0"}}));
  EXPECT_EQ("1/7 3+7", page({{"offset", "3"}, {"limit", "7"}}));
  EXPECT_EQ("1000000000/250 249999999750+250", page({{"page", "1000000000"}, {"per_page", "250"}}));
  EXPECT_EQ("2/10 10+5", page({{"page", "2"}, {"limit_hits", "15"}}));
  EXPECT_EQ("3/10 20+0", page({{"page", "3"}, {"limit_hits", "15"}}));
  EXPECT_EQ("per_page: must be a whole number, 0 to 250", error_of({{"per_page", "251"}}));
  EXPECT_EQ("page: must be a whole number, 1 to 1000000000", error_of({{"page", "0"}}));
  EXPECT_EQ("page: must be a whole number, 1 to 1000000000", error_of({{"page", "one"}}));
}

TEST(TypesenseRequest, ReadsFacetsAndGroups) {
  auto const query = must({{"facet_by", "tags, author_id,tags"},
                           {"max_facet_values", "3"},
                           {"group_by", "author_id"},
                           {"group_limit", "2"}})
                         .query;
  EXPECT_EQ((std::vector{Column::tags, Column::author_id}), query.facets);
  EXPECT_EQ(3U, query.max_facet_values);
  EXPECT_EQ(std::vector{Column::author_id}, query.group_by);
  EXPECT_EQ(2U, query.group_limit);
  EXPECT_EQ("facet_by: unknown field colour", error_of({{"facet_by", "tags,colour"}}));
  EXPECT_EQ("facet_by: subject is not a facet field", error_of({{"facet_by", "subject"}}));
  EXPECT_EQ("group_by: created_at is not a facet field", error_of({{"group_by", "created_at"}}));
  EXPECT_EQ("group_by: at most 3 fields", error_of({{"group_by", "tags,author_id,user_ids,xsr_ids"}}));
  EXPECT_EQ("group_limit: must be a whole number, 1 to 99", error_of({{"group_limit", "0"}}));
  EXPECT_EQ("max_facet_values: must be a whole number, 0 to 1000", error_of({{"max_facet_values", "-1"}}));
}

std::string highlighted(Parameters const& parameters) {
  std::string text;
  auto const request = must(parameters);
  for (auto const field : request.highlight_fields) text += std::string(name_of(field)) + " ";
  for (auto const field : request.full_fields) text += "+" + std::string(name_of(field)) + " ";
  return text;
}

TEST(TypesenseRequest, HighlightsWhatIsQueriedUnlessTold) {
  EXPECT_EQ("subject summary chats ", highlighted({}));
  EXPECT_EQ("tags ", highlighted({{"query_by", "tags"}}));
  EXPECT_EQ("tags subject ", highlighted({{"highlight_fields", "tags,subject"}}));
  EXPECT_EQ("", highlighted({{"highlight_fields", "none"}}));
  EXPECT_EQ("subject summary chats +chats ", highlighted({{"highlight_full_fields", "chats"}}));
  EXPECT_EQ("highlight_fields: unknown field title", error_of({{"highlight_fields", "title"}}));
  EXPECT_EQ("highlight_full_fields: user_ids is not a field of words",
            error_of({{"highlight_full_fields", "user_ids"}}));
}

TEST(TypesenseRequest, ReadsTheLookOfHighlights) {
  auto const snippets = must({{"highlight_start_tag", "<b>"},
                              {"highlight_end_tag", "</b>"},
                              {"highlight_affix_num_tokens", "2"},
                              {"snippet_threshold", "0"}})
                            .snippets;
  EXPECT_EQ("<b></b>", snippets.start_tag + snippets.end_tag);
  EXPECT_EQ(2U, snippets.affix_words);
  EXPECT_EQ(0U, snippets.whole_words);
  EXPECT_EQ("highlight_end_tag: at most 100 bytes", error_of({{"highlight_end_tag", std::string(101, 'x')}}));
}

TEST(TypesenseRequest, IgnoresWhatItDoesNotKnow) { EXPECT_EQ("no error", error_of({{"exhaustive_search", "true"}})); }

TEST(TypesenseRequest, IsBounded) {
  EXPECT_EQ("q: at most 8192 bytes", error_of({{"q", std::string(8193, 'x')}}));
  EXPECT_EQ("q: must be well-formed UTF-8", error_of({{"q", "\xff"}}));
}

}  // namespace
}  // namespace parlance::search::typesense
