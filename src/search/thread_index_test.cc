#include "search/thread_index.h"

#include "search/thread_fixture.h"

namespace parlance::search {
namespace {

PARLANCE_TEST_ON_EVERY_ENGINE(ThreadIndexTest);

TEST_P(ThreadIndexTest, FindsThreadsByTheWordsOfAllTheirTexts) {
  auto const chat = thread_with("the database is slow");
  auto const subject = add_thread({.subject = "Database outage"});
  auto const summary = add_thread({.summary = "all about the database"});
  auto const tag = add_thread({.tags = {"database"}});
  EXPECT_EQ(listed({subject, summary, tag, chat}), ids("database"));
  EXPECT_EQ(listed({subject}), ids("outage database"));
  EXPECT_EQ("", ids("outage slow"));
  auto query = asking("database");
  query.fields = {{TextField::tags}};
  EXPECT_EQ(listed({tag}), ids(query));
}

TEST_P(ThreadIndexTest, FindsWordsSpreadOverChats) {
  auto const thread = thread_with("red fox");
  chat_in(thread, "blue whale");
  EXPECT_EQ(listed({thread}), ids("fox whale"));
  EXPECT_EQ("", ids("\"fox blue\""));
}

TEST_P(ThreadIndexTest, ForgetsEditedAndDeletedTexts) {
  auto const thread = thread_with("old fox");
  auto const second = chat_in(thread, "young fox");
  EXPECT_EQ(listed({thread}), ids("young"));
  edit(second, "young wolf", thread);
  EXPECT_EQ(listed({thread}), ids("fox"));
  EXPECT_EQ(listed({thread}), ids("wolf"));
  remove(second, thread);
  EXPECT_EQ("", ids("wolf"));
  EXPECT_EQ("", ids("young"));
  EXPECT_EQ(listed({thread}), ids("old fox"));
  EXPECT_TRUE(resolve({.token = "wolf"}).empty());
}

TEST_P(ThreadIndexTest, FollowsChangesOfThreads) {
  auto const thread = add_thread({.subject = "first name", .tags = {"draft"}});
  EXPECT_EQ(listed({thread}), ids("first"));
  execute("UPDATE conversations SET subject = 'second name' WHERE id = $1", {thread});
  EXPECT_EQ("", ids("first"));
  EXPECT_EQ(listed({thread}), ids("second"));
  execute("DELETE FROM tags WHERE conversation_id = $1", {thread});
  EXPECT_EQ("", ids("draft"));
  execute("INSERT INTO tags (tenant_id, conversation_id, tag, created_at) VALUES ($1, $2, 'final', 1)",
          {tenant(), thread});
  EXPECT_EQ(listed({thread}), ids("final"));
  execute("UPDATE conversations SET archived_at = 5 WHERE id = $1", {thread});
  EXPECT_EQ("", ids("second"));
  execute("UPDATE conversations SET archived_at = 0, bits = 2 WHERE id = $1", {thread});
  EXPECT_EQ("", ids("second"));
  execute("UPDATE conversations SET bits = 4 WHERE id = $1", {thread});
  EXPECT_EQ(listed({thread}), ids("second"));
}

TEST_P(ThreadIndexTest, ListsConversationsOnceTheyHaveMessages) {
  auto const group = add_thread({.subject = "friends", .kind = model::ConversationKind::group});
  auto const stream = add_thread({.subject = "friends", .kind = model::ConversationKind::stream});
  EXPECT_EQ("", ids("friends"));
  chat_in(group, "hello");
  chat_in(stream, "hello");
  EXPECT_EQ(listed({group}), ids("friends"));
  EXPECT_EQ(listed({group}), ids("hello"));
}

TEST_P(ThreadIndexTest, FindsPhrasesBeginningsAndOtherScripts) {
  auto const one = thread_with("the quick brown fox");
  auto const two = add_thread({.subject = "Brown quick"});
  auto const three = thread_with("日本語の検索");
  auto const four = thread_with("Crème brûlée");
  EXPECT_EQ(listed({one}), ids("\"quick brown\""));
  EXPECT_EQ(listed({two}), ids("\"brown quick\""));
  EXPECT_EQ(listed({two, one}), ids("bro"));
  EXPECT_EQ(listed({three}), ids("日本"));
  EXPECT_EQ(listed({three}), ids("索"));
  EXPECT_EQ(listed({four}), ids("creme"));
  EXPECT_EQ(listed({one}), ids("quick -\"brown quick\""));
  EXPECT_EQ(listed({two}), ids("quick -fox"));
  auto whole = asking("bro");
  for (auto& field : whole.fields) {
    field.is_prefix = false;
    field.typos = 0;
  }
  EXPECT_EQ("", ids(whole));
}

TEST_P(ThreadIndexTest, TakesAWordForOthersOnlyWhereNoThreadInSightHasIt) {
  auto const right = thread_with("our database is down");
  EXPECT_EQ(listed({right}), ids("databse "));
  EXPECT_EQ(listed({right}), ids("dtaabase"));
  EXPECT_EQ(listed({right}), ids("databxyse "));
  EXPECT_EQ("", ids("dawn x"));
  auto hits = must(ask(asking("databse ")));
  ASSERT_EQ(2U, hits.resolved.size());
  EXPECT_EQ("database", hits.resolved[1].tokens.front());
  auto exact = asking("databse ");
  for (auto& field : exact.fields) field.typos = 0;
  EXPECT_EQ("", ids(exact));

  auto const wrong = add_thread({.subject = "databse", .access = model::Access::members});
  EXPECT_EQ(listed({wrong}), ids("databse "));
  auto person = asking("databse ");
  person.scope = {.is_person = true};
  EXPECT_EQ(listed({right}), ids(person));
}

TEST_P(ThreadIndexTest, OrdersByHowWellTheWordsAreMet) {
  auto const prefix = thread_with("catalogue");
  auto const whole = thread_with("cat");
  auto const often = thread_with("cat one");
  chat_in(often, "cat two");
  auto const subject = add_thread({.subject = "catalogue of things"});
  EXPECT_EQ(listed({subject, often, whole, prefix}), ids("cat"));
  auto query = asking("cat");
  query.limit = 2;
  query.offset = 1;
  EXPECT_EQ(listed({often, whole}) + " of 4", ids(query));
  query.offset = 10;
  EXPECT_EQ(" of 4", ids(query));
}

TEST_P(ThreadIndexTest, ShowsEverybodyWhatTheyMayRead) {
  auto const channel =
      add_thread({.subject = "general", .kind = model::ConversationKind::channel, .access = model::Access::tenant});
  auto const open = add_thread({.subject = "plan", .access = model::Access::tenant});
  auto const closed = add_thread({.subject = "plan", .access = model::Access::members});
  auto const in_channel = add_thread({.subject = "plan", .channels = {channel}, .access = model::Access::parents});
  auto const in_space = add_thread({.subject = "plan", .access = model::Access::space});
  auto const for_anyone = add_thread({.subject = "plan", .access = model::Access::anyone});
  auto const sight = [&](ThreadScope scope) {
    auto query = asking_all();
    query.scope = std::move(scope);
    auto hits = must(ask(query));
    EXPECT_EQ(hits.out_of, hits.found);
    return ids(query);
  };
  EXPECT_EQ(listed({open, closed, in_channel, in_space, for_anyone}), sight({.sees_all = true}));
  EXPECT_EQ(listed({for_anyone}), sight({}));
  EXPECT_EQ(listed({open, for_anyone}), sight({.is_person = true}));
  EXPECT_EQ(listed({in_space, for_anyone}), sight({.spaces = {SpaceId{1}}}));
  EXPECT_EQ(listed({in_channel, for_anyone}), sight({.channels = {channel}}));
  EXPECT_EQ(listed({open, closed}), sight({.is_person = true, .conversations = {closed}, .left = {for_anyone}}));
}

TEST_P(ThreadIndexTest, CountsOnlyTheMessagesThatTheCallerSees) {
  auto const thread = thread_with("secret plan");
  chat_in(thread, "nothing to see");
  chat_in(thread, "public plan, and a plan");
  auto query = asking("secret");
  query.scope = {.conversations = {thread}, .partial = {{thread, 1}}};
  EXPECT_EQ("", ids(query));
  query.terms = parse_query("\"secret plan\"");
  EXPECT_EQ("", ids(query));
  query.terms = parse_query("plan");
  EXPECT_EQ(listed({thread}), ids(query));
  query.terms = parse_query("plan -secret");
  EXPECT_EQ(listed({thread}), ids(query));
  query.terms = parse_query("secr");
  EXPECT_EQ("", ids(query));
  query.filter = where(Column::chats, Comparator::equal, {std::string("secret plan")});
  query.terms = parse_query("plan");
  EXPECT_EQ("", ids(query));
  query.filter = where(Column::chats, Comparator::equal, {std::string("Nothing to see!")});
  EXPECT_EQ(listed({thread}), ids(query));
}

TEST_P(ThreadIndexTest, KeepsTenantsApart) {
  auto const other = add_tenant("second");
  auto const theirs = add_thread_of(other, {.subject = "secret words", .tags = {"hidden"}});
  send_as(other, "secret chat", theirs);
  auto const ours = thread_with("our secret");
  EXPECT_EQ(listed({ours}), ids("secret"));
  EXPECT_EQ("", ids("words"));
  EXPECT_EQ("", ids("\"secret words\""));
  EXPECT_EQ("", ids("\"secret chat\""));
  EXPECT_TRUE(resolve({.token = "hidden"}).empty());
}

TEST_P(ThreadIndexTest, ForgetsTenants) {
  auto const other = add_tenant("second");
  add_thread_of(other, {.subject = "theirs"});
  auto query = asking("theirs");
  query.tenant = other;
  EXPECT_EQ(1, must(ask(query)).found);
  execute("DELETE FROM conversations WHERE tenant_id = $1", {other});
  execute("DELETE FROM tenants WHERE id = $1", {other});
  close_index();
  open_index();
  must(index().catch_up(kPatience));
  EXPECT_EQ(0, must(ask(query)).found);
}

TEST_P(ThreadIndexTest, AgreesWithTheMessagesAfterManyChanges) {
  std::vector<ConversationId> threads;
  std::vector<std::pair<MessageId, ConversationId>> chats;
  std::uint32_t random = 7;
  auto const next = [&](std::uint32_t below) { return ((random = random * 1'664'525 + 1'013'904'223) >> 16U) % below; };
  for (int i = 0; i < 300; ++i) threads.push_back(add_thread({}));
  for (int i = 0; i < 900; ++i) {
    auto const word = "w" + std::to_string(next(12)) + " v" + std::to_string(next(5));
    if (i < 300 || next(3) == 0) {
      auto const thread = threads[i < 300 ? static_cast<std::size_t>(i) : next(300)];
      chats.emplace_back(chat_in(thread, word), thread);
    } else {
      auto const& [message, thread] = chats[next(static_cast<std::uint32_t>(chats.size()))];
      if (next(2) == 0)
        edit(message, word, thread);
      else
        remove(message, thread);
    }
    if (i == 400) must(index().catch_up(kPatience));
  }
  for (int w = 0; w < 12; ++w) {
    auto const word = "w" + std::to_string(w);
    auto query = asking(word + " ");
    query.fields = {{TextField::chats, 1, false, 0}};
    query.limit = 1000;
    query.sort = {{SortKey::By::column, Column::id, false}};
    auto const expected = commit([&](storage::Transaction& tx) {
      return tx.all("SELECT DISTINCT conversation_id FROM messages WHERE deleted_at = 0 AND text LIKE $1 ORDER BY 1",
                    {word + " %"}, [](auto& row) { return row.template id<ConversationId>(0); });
    });
    EXPECT_EQ(listed(expected), ids(query)) << word;
  }
  auto query = asking_all();
  query.filter = where(Column::num_chats, Comparator::greater_equal, {std::int64_t{2}});
  query.limit = 1000;
  auto const expected = commit([&](storage::Transaction& tx) {
    return tx.all(
        "SELECT conversation_id FROM messages WHERE deleted_at = 0 GROUP BY conversation_id"
        " HAVING COUNT(*) >= 2 ORDER BY 1",
        {}, [](auto& row) { return row.template id<ConversationId>(0); });
  });
  EXPECT_EQ(listed(expected), ids(query));
}

}  // namespace
}  // namespace parlance::search
