#include "search/dictionary.h"

#include "search/thread_fixture.h"

namespace parlance::search {
namespace {

int distance(std::string_view token, std::string_view term, bool goes_on = false) {
  return edit_distance(letters_of(token), letters_of(term), goes_on, 2);
}

TEST(EditDistance, CountsLettersThatAreOff) {
  EXPECT_EQ(0, distance("same", "same"));
  EXPECT_EQ(1, distance("seme", "same"));
  EXPECT_EQ(1, distance("sme", "same"));
  EXPECT_EQ(1, distance("samme", "same"));
  EXPECT_EQ(1, distance("saem", "same"));
  EXPECT_EQ(2, distance("smea", "same"));
  EXPECT_EQ(3, distance("other", "same"));
  EXPECT_EQ(1, distance("éclaxr", "éclair"));
  EXPECT_EQ(3, distance("", "abc"));
}

TEST(EditDistance, LetsATermGoOn) {
  EXPECT_EQ(0, distance("data", "database", true));
  EXPECT_EQ(1, distance("dtaa", "database", true));
  EXPECT_EQ(1, distance("datx", "database", true));
  EXPECT_EQ(3, distance("zzzz", "database", true));
}

TEST(Trigrams, AreOfPaddedLetters) {
  auto const trigrams = trigrams_of("été");
  EXPECT_EQ(3U, trigrams.letters);
  EXPECT_EQ((std::vector<std::string>{"  é", " ét", "té ", "été"}), trigrams.texts);
  EXPECT_TRUE(trigrams_of("ab").texts.empty());
  EXPECT_TRUE(trigrams_of(std::string(40, 'a')).texts.empty());
}

class DictionaryTest : public ThreadIndexTest {
 protected:
  std::string found(TermPattern const& pattern) {
    std::string text;
    for (auto const& term : resolve(pattern)) {
      text += (text.empty() ? "" : " ") + term.text + ":" + std::to_string(term.threads);
      if (term.typos > 0) text += "~" + std::to_string(term.typos);
    }
    return text;
  }
};
PARLANCE_TEST_ON_EVERY_ENGINE(DictionaryTest);

TEST_P(DictionaryTest, FindsTermsByWhatTheyAreMadeOf) {
  thread_with("database databases base");
  auto const second = thread_with("database rebased été");
  chat_in(second, "database");
  add_thread({.subject = "the database", .tags = {"data"}});
  using Kind = TermPattern::Kind;
  EXPECT_EQ("database:3 data:1 databases:1", found({Kind::prefix, "data"}));
  EXPECT_EQ("database:3", found({.kind = Kind::prefix, .token = "data", .limit = 1}));
  EXPECT_EQ("database:3 base:1 databases:1 rebased:1", found({Kind::contains, "base"}));
  EXPECT_EQ("database:3 base:1 data:1 databases:1 rebased:1", found({Kind::contains, "a"}));
  EXPECT_EQ("ete:1", found({Kind::contains, "ete"}));
  EXPECT_EQ("database:3~1 databases:1~2", found({Kind::similar, "databse"}));
  EXPECT_EQ("database:3~1", found({Kind::similar, "databse", 1}));
  EXPECT_EQ("database:3~1 databases:1~1",
            found({.kind = Kind::similar, .token = "datbas", .typos = 1, .goes_on = true}));
  EXPECT_EQ("", found({Kind::prefix, ""}));
  EXPECT_EQ("", found({Kind::contains, "100%"}));
}

TEST_P(DictionaryTest, ForgetsTermsThatNoThreadHolds) {
  auto const thread = thread_with("unique words");
  auto const second = chat_in(thread, "unique again");
  using Kind = TermPattern::Kind;
  EXPECT_EQ("again:1", found({Kind::similar, "agian"}).substr(0, 7));
  remove(second, thread);
  EXPECT_EQ("", found({Kind::similar, "agian"}));
  EXPECT_EQ("unique:1", found({Kind::contains, "niqu"}));
}

}  // namespace
}  // namespace parlance::search
