#include "search/thread_filter.h"

#include "search/thread_fixture.h"

namespace parlance::search {
namespace {

/// Three threads in two channels: `plan_` (bob has written too), `party_` and `outage_` (resolved).
class ThreadFilterTest : public ThreadIndexTest {
 protected:
  void SetUp() override {
    ThreadIndexTest::SetUp();
    if (IsSkipped()) return;
    open_ = add_thread({.subject = "open", .kind = model::ConversationKind::channel});
    secret_ = add_thread({.subject = "secret", .kind = model::ConversationKind::private_channel});
    plan_ = add_thread({.subject = "Plan B", .channels = {open_}, .tags = {"work", "Big Plans"}, .at = 5'000'000});
    party_ = add_thread({.subject = "Party plan", .summary = "Cake!", .channels = {open_, secret_}, .at = 7'000'000});
    outage_ = add_thread({.subject = "Outage", .channels = {secret_}, .tags = {"work"}, .at = 9'000'000});
    chat_in(plan_, "first the plan");
    chat_in(plan_, "then the cake");
    chat_in(party_, "the cake");
    execute("UPDATE conversations SET bits = 4 WHERE id = $1", {outage_});
  }

  std::string let_through(Filter filter) {
    auto query = asking_all();
    query.filter = std::move(filter);
    return ids(query);
  }
  std::string let_through(Column column, Comparator comparator, std::vector<FilterValue> values) {
    return let_through(where(column, comparator, std::move(values)));
  }

  static std::vector<FilterValue> text(std::string value) { return {std::move(value)}; }
  static std::vector<FilterValue> number(std::int64_t value) { return {value}; }

  std::string facet(Column column) {
    auto query = asking_all();
    query.facets = {column};
    auto const hits = must(ask(query));
    std::string text;
    for (auto const& [value, count] : hits.facets.at(0).counts)
      text += (text.empty() ? "" : " ") + value + ":" + std::to_string(count);
    return text + " of " + std::to_string(hits.facets.at(0).distinct_count);
  }

  ConversationId open_, secret_, plan_, party_, outage_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(ThreadFilterTest);

using enum Comparator;

TEST_P(ThreadFilterTest, ComparesNumbers) {
  EXPECT_EQ(listed({plan_, party_, outage_}), ids(asking_all()));
  EXPECT_EQ(listed({party_}), let_through(Column::id, equal, number(party_.value)));
  EXPECT_EQ(listed({plan_, outage_}), let_through(Column::id, not_equal, number(party_.value)));
  EXPECT_EQ(listed({plan_, outage_}), let_through(Column::id, equal, {plan_.value, outage_.value}));
  EXPECT_EQ(listed({plan_}), let_through(Column::num_chats, greater, number(1)));
  EXPECT_EQ(listed({party_, outage_}), let_through(Column::num_chats, less, number(2)));
  EXPECT_EQ(listed({plan_, party_}), let_through(Column::num_chats, between, {std::int64_t{1}, std::int64_t{2}}));
  EXPECT_EQ(listed({outage_}), let_through(Column::created_at, greater_equal, number(9)));
  EXPECT_EQ(listed({plan_, party_}), let_through(Column::updated_at, less_equal, number(8)));
  EXPECT_EQ(listed({outage_}), let_through(Column::resolved, equal, number(1)));
  EXPECT_EQ(listed({plan_, party_, outage_}), let_through(Column::org_id, equal, number(tenant().value)));
}

TEST_P(ThreadFilterTest, ComparesLists) {
  EXPECT_EQ(listed({plan_, party_}), let_through(Column::xsr_ids, equal, number(open_.value)));
  EXPECT_EQ(listed({outage_}), let_through(Column::xsr_ids, not_equal, number(open_.value)));
  EXPECT_EQ(listed({plan_, outage_}), let_through(Column::tags, equal, text("Work")));
  EXPECT_EQ(listed({plan_}), let_through(Column::tags, contains, text("plans")));
  EXPECT_EQ("", let_through(Column::tags, equal, text("plans")));
  EXPECT_EQ(listed({plan_, party_}), let_through(Column::user_ids, equal, number(1)));
}

TEST_P(ThreadFilterTest, ComparesTexts) {
  EXPECT_EQ(listed({plan_, party_}), let_through(Column::subject, contains, text("plan")));
  EXPECT_EQ(listed({party_}), let_through(Column::subject, contains, text("plan party")));
  EXPECT_EQ(listed({plan_}), let_through(Column::subject, equal, text("plan b")));
  EXPECT_EQ(listed({party_, outage_}), let_through(Column::subject, not_equal, text("plan b")));
  EXPECT_EQ(listed({party_}), let_through(Column::summary, equal, text("cake")));
  EXPECT_EQ(listed({plan_, party_}), let_through(Column::chats, contains, text("cake")));
  EXPECT_EQ(listed({party_}), let_through(Column::chats, equal, text("The cake.")));
  EXPECT_EQ(listed({plan_, outage_}), let_through(Column::summary, equal, text("")));
}

TEST_P(ThreadFilterTest, JoinsConditions) {
  auto const work = where(Column::tags, equal, text("work"));
  auto const in_open = where(Column::xsr_ids, equal, number(open_.value));
  EXPECT_EQ(listed({plan_}), let_through({Filter::Kind::all_of, {work, in_open}}));
  EXPECT_EQ(listed({plan_, party_, outage_}), let_through({Filter::Kind::any_of, {work, in_open}}));
  EXPECT_EQ(listed({plan_, party_, outage_}), let_through({Filter::Kind::all_of, {}}));
  EXPECT_EQ("", let_through({Filter::Kind::any_of, {}}));
}

TEST_P(ThreadFilterTest, RefusesWhatMakesNoSense) {
  for (auto const& filter : {where(Column::num_chats, equal, text("many")), where(Column::subject, less, text("a")),
                             where(Column::subject, equal, number(1)), where(Column::tags, greater, text("a")),
                             where(Column::num_chats, between, number(1)), where(Column::num_chats, less, {})}) {
    auto query = asking_all();
    query.filter = filter;
    auto const hits = ask(query);
    ASSERT_FALSE(hits);
    EXPECT_EQ(Errc::invalid_argument, hits.error().code);
    EXPECT_EQ("filter_by", hits.error().field);
  }
  auto query = asking_all();
  query.sort = {{SortKey::By::column, Column::tags, true}};
  EXPECT_EQ("sort_by", ask(query).error().field);
}

TEST_P(ThreadFilterTest, TellsNothingOfSecretChannels) {
  auto query = asking_all();
  query.scope = {.is_person = true};
  query.facets = {Column::xsr_ids};
  query.filter = where(Column::xsr_ids, equal, number(secret_.value));
  EXPECT_EQ("", ids(query));
  query.filter = {};
  auto const hits = must(ask(query));
  ASSERT_EQ(1U, hits.facets.at(0).counts.size());
  EXPECT_EQ(std::to_string(open_.value), hits.facets.at(0).counts[0].value);
  query.scope.conversations = {secret_};
  query.filter = where(Column::xsr_ids, equal, number(secret_.value));
  EXPECT_EQ(listed({party_, outage_}), ids(query));

  auto const of_space = add_thread({.kind = model::ConversationKind::channel, .access = model::Access::space});
  auto const there = add_thread({.channels = {of_space}});
  query.filter = where(Column::xsr_ids, equal, number(of_space.value));
  EXPECT_EQ("", ids(query));
  query.scope.channels = {of_space};
  EXPECT_EQ(listed({there}), ids(query));
}

TEST_P(ThreadFilterTest, CountsValues) {
  EXPECT_EQ("work:2 Big Plans:1 of 2", facet(Column::tags));
  EXPECT_EQ("0:1 1:1 2:1 of 3", facet(Column::num_chats));
  auto query = asking_all();
  query.facets = {Column::tags};
  query.max_facet_values = 1;
  query.limit = 1;
  auto const hits = must(ask(query));
  EXPECT_EQ(1U, hits.facets.at(0).counts.size());
  EXPECT_EQ(2, hits.facets.at(0).counts[0].count);
  EXPECT_EQ(2, hits.facets.at(0).distinct_count);
}

TEST_P(ThreadFilterTest, OrdersByNumbersThenByActivity) {
  auto query = asking_all();
  query.sort = {{SortKey::By::column, Column::num_chats, true}};
  EXPECT_EQ(listed({plan_, party_, outage_}), ids(query));
  query.sort = {{SortKey::By::column, Column::resolved, true}, {SortKey::By::column, Column::num_chats, false}};
  EXPECT_EQ(listed({outage_, party_, plan_}), ids(query));
  query.sort = {};
  EXPECT_EQ(listed({outage_, party_, plan_}), ids(query));
  query.limit = 0;
  EXPECT_EQ(" of 3", ids(query));
}

TEST_P(ThreadFilterTest, GroupsWhatHasTheSameValues) {
  auto const another = add_thread({.subject = "Another", .channels = {open_}, .tags = {"Big Plans", "work"}});
  auto query = asking_all();
  query.group_by = {Column::tags};
  query.group_limit = 1;
  auto hits = must(ask(query));
  EXPECT_EQ(3, hits.found);
  EXPECT_EQ(listed({plan_, party_, outage_}), ids(query));
  query.group_limit = 3;
  EXPECT_EQ(listed({plan_, another, party_, outage_}) + " of 3", ids(query));
  query.limit = 1;
  query.offset = 1;
  EXPECT_EQ(listed({party_}) + " of 3", ids(query));
  query.offset = 3;
  EXPECT_EQ(" of 3", ids(query));
}

}  // namespace
}  // namespace parlance::search
