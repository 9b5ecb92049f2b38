#include "search/thread_holders.h"

#include "search/thread_fixture.h"

namespace parlance::search {
namespace {

class ThreadHoldersTest : public ThreadIndexTest {
 protected:
  /// Ids with a space between; "?" where the index cannot tell.
  std::string holding(std::string_view text) {
    auto const reader = must(database()->connect(storage::Access::read_only));
    must(reader->begin());
    storage::Transaction log(*reader);
    auto const found = must(index().threads().holding(log, tenant(), text));
    reader->rollback();
    return found ? listed(*found) : "?";
  }
};
PARLANCE_TEST_ON_EVERY_ENGINE(ThreadHoldersTest);

TEST_P(ThreadHoldersTest, FindPartsOfWordsInSubjectsAndMessages) {
  auto const message = thread_with("the reinvoiced amount");
  auto const subject = add_thread({.subject = "Question about INVOICES"});
  add_thread({.summary = "invoices", .tags = {"invoice"}});
  EXPECT_EQ(listed({message, subject}), holding("invoice"));
  EXPECT_EQ(listed({message}), holding("voiced am"));
  EXPECT_EQ(listed({message, subject}), holding("in"));
  EXPECT_EQ(listed({message}), holding("voiced, am!"));
  EXPECT_EQ("", holding("invoice nobody"));
}

TEST_P(ThreadHoldersTest, KnowLongWordsAndOtherScripts) {
  auto const word = "arbeidsmarkedsundersokelsesavdelingslederstilling";
  auto const longer = thread_with(word);
  auto const japanese = thread_with("日本語の検索");
  auto const accents = thread_with("Årsoppgjør");
  EXPECT_EQ(listed({longer}), holding("undersokelse"));
  EXPECT_EQ(listed({japanese}), holding("本"));
  EXPECT_EQ(listed({japanese}), holding("本語の検"));
  EXPECT_EQ(listed({accents}), holding("soppgjØR"));
}

TEST_P(ThreadHoldersTest, FollowEditsAndKeepTenantsApart) {
  auto const thread = thread_with("old words");
  auto const second = chat_in(thread, "young words");
  add_thread_of(add_tenant("second"), {.subject = "young"});
  EXPECT_EQ(listed({thread}), holding("oun"));
  edit(second, "no more", thread);
  EXPECT_EQ("", holding("oun"));
}

TEST_P(ThreadHoldersTest, CannotTellWithoutWords) {
  thread_with("100%");
  EXPECT_EQ("?", holding("%"));
  EXPECT_EQ("?", holding(""));
}

}  // namespace
}  // namespace parlance::search
