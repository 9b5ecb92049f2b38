#include "search/index.h"

#include <random>
#include <thread>

#include "search/index_fixture.h"
#include "search/match.h"

namespace parlance::search {
namespace {

class MessageIndexTest : public IndexTest {};
PARLANCE_TEST_ON_EVERY_ENGINE(MessageIndexTest);

TEST_P(MessageIndexTest, FindsWhatWasJustSentNewestFirst) {
  EXPECT_EQ("", found("fox"));
  send("a quick fox");
  EXPECT_EQ("a quick fox", found("fox"));
  send("a lazy dog");
  send("another Fox");
  EXPECT_EQ("another Fox|a quick fox", found("fox"));
  EXPECT_EQ("a lazy dog", found("lazy dog"));
  EXPECT_EQ("", found("lazy fox"));
}

TEST_P(MessageIndexTest, ForgetsEditedAndDeletedText) {
  auto const first = send("a quick fox");
  auto const second = send("a slow fox");
  EXPECT_EQ("a slow fox|a quick fox", found("fox"));
  edit(first, "a quick cat");
  EXPECT_EQ("a slow fox", found("fox"));
  EXPECT_EQ("a quick cat", found("cat"));
  remove(second);
  EXPECT_EQ("", found("fox"));
  edit(first, "");
  EXPECT_EQ("", found("cat"));
  edit(first, "a fox again");
  EXPECT_EQ("a fox again", found("fox"));
}

TEST_P(MessageIndexTest, LooksOnlyWhereItMay) {
  ConversationId const other{11};
  send("fox in the room");
  send("fox elsewhere", other);
  auto const foreign = add_tenant("second");
  send_as(foreign, "fox of strangers", kRoom);
  EXPECT_EQ("fox in the room", found(query("fox")));
  EXPECT_EQ("fox elsewhere", found(query("fox", {other})));
  EXPECT_EQ("fox elsewhere|fox in the room", found(query("fox", {kRoom, other, kRoom})));
  EXPECT_EQ("", found(query("fox", {})));
  EXPECT_EQ("", found(query("fox", {ConversationId{1}, ConversationId{101}, ConversationId{110}})));
  auto strangers = query("fox");
  strangers.tenant = foreign;
  EXPECT_EQ("fox of strangers", found(strangers));
}

TEST_P(MessageIndexTest, LooksInThousandsOfConversations) {
  std::vector<ConversationId> many;
  for (int i = 0; i < 5000; ++i) many.push_back({2 * (5000 - i)});
  for (int i = 1; i <= 40; ++i) send("fox " + std::to_string(i), ConversationId{i});
  auto wanted = query("fox", many);
  wanted.limit = 2;
  EXPECT_EQ("fox 40|fox 38|…", found(wanted));
  wanted.offset = 18;
  EXPECT_EQ("fox 4|fox 2", found(wanted));
  wanted.order = Order::ranked;
  EXPECT_EQ("fox 4|fox 2", found(wanted));
}

TEST_P(MessageIndexTest, ReadsPageByPage) {
  std::vector<MessageId> ids;
  for (int i = 1; i <= 7; ++i) ids.push_back(send("fox " + std::to_string(i)));
  auto page = query("fox");
  page.limit = 3;
  EXPECT_EQ("fox 7|fox 6|fox 5|…", found(page));
  page.offset = 3;
  EXPECT_EQ("fox 4|fox 3|fox 2|…", found(page));
  page.offset = 6;
  EXPECT_EQ("fox 1", found(page));
  page.offset = 7;
  EXPECT_EQ("", found(page));
  page.offset = kMaxOffset + 1;
  EXPECT_EQ("", found(page));
  page.offset = 0;
  page.before = ids[2];
  EXPECT_EQ("fox 2|fox 1", found(page));
  page.limit = 0;
  EXPECT_EQ("", found(page));
}

TEST_P(MessageIndexTest, RanksByHowGoodAMatchIs) {
  send("fox");
  send("a fox in a rather long message that is about something else altogether");
  send("a foxhole");
  auto ranked = query("fox");
  ranked.order = Order::ranked;
  EXPECT_EQ("fox|a foxhole|a fox in a rather long message that is about something else altogether", found(ranked));
  ranked.limit = 1;
  EXPECT_EQ("fox|…", found(ranked));
  ranked.offset = 1;
  EXPECT_EQ("a foxhole|…", found(ranked));
}

TEST_P(MessageIndexTest, UnderstandsQueries) {
  send("the quick brown fox");
  send("the brown quick fox");
  send("Café in Москва, don't");
  send("我在日本语学校");
  EXPECT_EQ("the quick brown fox", found("\"quick brown\""));
  EXPECT_EQ("the brown quick fox", found("fox -\"quick brown\""));
  EXPECT_EQ("the brown quick fox|the quick brown fox", found("fox qui"));
  EXPECT_EQ("", found("qui fox"));
  EXPECT_EQ("Café in Москва, don't", found("cafe МОСК"));
  EXPECT_EQ("Café in Москва, don't", found("don't"));
  EXPECT_EQ("我在日本语学校", found("日本"));
  EXPECT_EQ("我在日本语学校", found("校"));
  EXPECT_EQ("我在日本语学校", found("日本语 学"));
  EXPECT_EQ("", found("本日"));
}

TEST_P(MessageIndexTest, LetsNoQueryReachTheEngine) {
  send("plain near text c10 t1");
  for (auto const* text : {"\"",
                           "*",
                           "NEAR(plain near, 5)",
                           "scope:c10",
                           "text : plain",
                           "^plain",
                           "plain AND",
                           "OR",
                           "NOT",
                           "-",
                           "--",
                           "(plain",
                           "plain)",
                           "'plain'",
                           "plain:*",
                           "plain & !near",
                           "pl\\ain",
                           "{scope body}: plain",
                           "$1 ?1 %s",
                           "'; DROP TABLE messages; --",
                           "<-> plain",
                           "#c10",
                           "\"a\"\"b\""}) {
    auto const result = search(query(text));
    EXPECT_TRUE(result) << text << ": " << result.error().message;
  }
  EXPECT_EQ("plain near text c10 t1", found("c10"));
  EXPECT_EQ("", found("c11"));
  send("other", ConversationId{11});
  EXPECT_EQ("", found("c11"));
}

TEST_P(MessageIndexTest, TakesLongTextsAndQueries) {
  std::string text;
  for (int i = 0; i < 8000; ++i) text += "word" + std::to_string(i) + " ";
  send(text);
  send(std::string(60'000, 'x'));
  auto const result = search(query("word5000"));
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(1U, result->hits.size());
  EXPECT_LT(result->hits[0].highlight.text.size(), 400U);
  EXPECT_EQ(1U, search(query(std::string(60'000, 'x')))->hits.size());
  std::string long_query;
  for (int i = 0; i < 3000; ++i) long_query += "word" + std::to_string(i) + " ";
  EXPECT_EQ(1U, search(query(long_query))->hits.size());
}

TEST_P(MessageIndexTest, TellsWhatItHasFound) {
  send("nothing");
  auto const id = send("🙂 a quick fox");
  auto const hits = search(query("fox"))->hits;
  ASSERT_EQ(1U, hits.size());
  EXPECT_EQ(id, hits[0].message);
  EXPECT_EQ(kRoom, hits[0].conversation);
  EXPECT_EQ(2, hits[0].seq);
  EXPECT_GT(hits[0].score, 0);
  EXPECT_EQ((std::vector{Highlight::Span{11, 14}}), hits[0].highlight.spans);
}

TEST_P(MessageIndexTest, IsFilledWithWhatWasThereBefore) {
  close_index();
  for (int i = 0; i < 1200; ++i) send("old fox " + std::to_string(i));
  open_index();
  EXPECT_EQ("old fox 7", found("\"fox 7\""));
  EXPECT_EQ("old fox 1199", found("\"fox 1199\""));
  close_index();
  auto const missed = send("missed fox");
  open_index();
  EXPECT_EQ("missed fox", found("missed"));
  remove(missed);
  EXPECT_EQ("", found("missed"));
}

TEST_P(MessageIndexTest, SeesEveryMessageThatWasCommittedBefore) {
  std::jthread const sender([&](std::stop_token const& stop) {
    auto const connection = must(database()->connect(storage::Access::read_write));
    for (int i = 1; i < 400 && !stop.stop_requested(); ++i) {
      must(connection->begin());
      storage::Transaction tx(*connection);
      auto const id = must(
          tx.one("INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, created_at)"
                 " VALUES ($1, 99, $2, $2, 1, 'noise of others', 1) RETURNING id",
                 {tenant(), i}, [](auto& row) { return row.integer(0); }));
      must(
          tx.execute("INSERT INTO events (tenant_id, conversation_id, position, kind, message_id, actor_id, created_at)"
                     " VALUES ($1, 99, $2, 1, $3, 1, 1)",
                     {tenant(), i, id}));
      must(connection->commit());
    }
  });
  for (int i = 0; i < 60; ++i) {
    auto const word = "unique" + std::to_string(i);
    auto const id = send(word);
    ASSERT_EQ(word, found(query("\"" + word + "\"")));
    remove(id);
    ASSERT_EQ("", found(query("\"" + word + "\"")));
  }
}

TEST_P(MessageIndexTest, AgreesWithReadingEveryMessage) {
  std::mt19937 random(42);
  std::vector<std::string> const vocabulary = {"fox",    "foxes", "dog",   "Dög", "日本",
                                               "本日本", "quick", "don't", "a",   "ab"};
  auto const phrase = [&](int most) {
    std::string text;
    for (int i = 1 + static_cast<int>(random() % static_cast<unsigned>(most)); i > 0; --i)
      text += vocabulary[random() % vocabulary.size()] + (random() % 5 == 0 ? "" : " ");
    return text;
  };
  std::map<MessageId, std::string> texts;
  for (int i = 0; i < 150; ++i) {
    auto const text = phrase(6);
    texts[send(text)] = text;
  }
  for (int i = 0; i < 250; ++i) {
    auto text = random() % 3 == 0 ? "\"" + phrase(2) + "\" " + phrase(1) : phrase(2);
    if (random() % 4 == 0) text += " -" + phrase(1);
    auto wanted = query(text);
    wanted.limit = kMaxLimit;
    std::vector<MessageId> expected;
    for (auto const& [id, content] : texts)
      if (match(content, wanted.terms)) expected.insert(expected.begin(), id);
    auto const result = search(wanted);
    ASSERT_TRUE(result) << text;
    std::vector<MessageId> actual;
    for (auto const& hit : result->hits) actual.push_back(hit.message);
    EXPECT_EQ(expected, actual) << text;
  }
}

TEST_P(MessageIndexTest, IsRightForEachOfTwoNodes) {
  auto const directory = storage::testing_detail::make_directory();
  auto other = must(MessageIndex::open(*database(), {.directory = directory, .patience = kPatience}));
  auto const connection = must(database()->connect(storage::Access::read_only));
  auto const id = send("fox 0");
  for (int i = 1; i <= 40; ++i) {
    edit(id, "fox " + std::to_string(i));
    auto const wanted = query("\"fox " + std::to_string(i) + "\"");
    must(connection->begin());
    storage::Transaction log(*connection);
    auto const theirs = other->search(log, wanted);
    connection->rollback();
    ASSERT_TRUE(theirs) << theirs.error().message;
    EXPECT_EQ(1U, theirs->hits.size());
    EXPECT_EQ("fox " + std::to_string(i), found(wanted));
  }
  other.reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace parlance::search
