#include "search/sqlite_store.h"

#include <fstream>

#include "search/index_fixture.h"

namespace parlance::search {
namespace {

/// What becomes of search.db when it is not what was left behind.
class SearchFileTest : public IndexTest {
 protected:
  /// Runs the statements on search.db as it lies there.
  void tamper(std::string const& sql) {
    auto const opened = must(storage::Database::open({.url = "sqlite:" + file()}));
    must(must(opened->connect(storage::Access::read_write))->script(sql));
  }

  std::int64_t count_in_file(std::string_view sql) {
    auto const opened = must(storage::Database::open({.url = "sqlite:" + file()}));
    auto const connection = must(opened->connect(storage::Access::read_only));
    storage::Transaction transaction(*connection);
    return must(transaction.one(sql, {}, [](auto& row) { return row.integer(0); }));
  }
};
INSTANTIATE_TEST_SUITE_P(Sqlite, SearchFileTest, testing::Values(storage::Engine::sqlite), storage::engine_name);

TEST_P(SearchFileTest, IsBuiltAgainWhereItIsMissing) {
  send("old fox");
  EXPECT_EQ("old fox", found("fox"));
  close_index();
  std::filesystem::remove(file());
  open_index();
  EXPECT_EQ("old fox", found("fox"));
}

TEST_P(SearchFileTest, IsBuiltAgainWhereItIsNoDatabase) {
  send("old fox");
  EXPECT_EQ("old fox", found("fox"));
  close_index();
  std::ofstream(file(), std::ios::trunc) << "this is no database, but it is long enough to be looked at as if it were "
                                         << std::string(5000, '?');
  open_index();
  EXPECT_EQ("old fox", found("fox"));
}

TEST_P(SearchFileTest, IsBuiltAgainWhereItIsOfAnotherVersion) {
  auto const id = send("old fox");
  EXPECT_EQ("old fox", found("fox"));
  close_index();
  tamper("UPDATE progress SET version = 99; DELETE FROM words WHERE rowid = " + std::to_string(id.value));
  open_index();
  EXPECT_EQ("old fox", found("fox"));
}

TEST_P(SearchFileTest, IsBuiltAgainWhereItIsDamagedWhileInUse) {
  for (int i = 0; i < 50; ++i) send("old fox " + std::to_string(i));
  EXPECT_EQ("old fox 7", found("\"fox 7\""));
  close_index();
  tamper("DELETE FROM words_data WHERE id > 10");
  open_index();
  for (int attempt = 0; attempt < 100 && found("\"fox 7\"") != "old fox 7"; ++attempt)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ("old fox 7", found("\"fox 7\""));
}

TEST_P(SearchFileTest, IsBuiltAgainWhereTheLogWasTrimmedTooFar) {
  send("first fox");
  EXPECT_EQ("first fox", found("fox"));
  close_index();
  send("second fox");
  auto const last = send("third fox");
  execute("DELETE FROM events WHERE message_id < $1", {last});
  open_index();
  EXPECT_EQ("third fox|second fox|first fox", found("fox"));
}

TEST_P(SearchFileTest, FollowsALogThatIsTrimmedBehindIt) {
  send("first fox");
  auto const second = send("second fox");
  EXPECT_EQ("second fox|first fox", found("fox"));
  execute("DELETE FROM events WHERE message_id < $1", {second});
  send("third fox");
  EXPECT_EQ("third fox|second fox|first fox", found("fox"));
  execute("DELETE FROM events");
  EXPECT_EQ("third fox|second fox|first fox", found("fox"));
  send("fourth fox");
  EXPECT_EQ("fourth fox|third fox|second fox|first fox", found("fox"));
}

TEST_P(SearchFileTest, IsBuiltAgainForAnotherLog) {
  send("first fox");
  EXPECT_EQ("first fox", found("fox"));
  close_index();
  // As after a backup was put back: the same ids mean other things.
  execute("DELETE FROM events");
  execute("DELETE FROM messages");
  send("other wolf");
  open_index();
  EXPECT_EQ("", found("fox"));
  EXPECT_EQ("other wolf", found("wolf"));
}

TEST_P(SearchFileTest, GoesOnWhereItHasStopped) {
  for (int i = 0; i < 700; ++i) send("old fox");
  EXPECT_TRUE(index().catch_up(kPatience));
  close_index();
  EXPECT_EQ(700, count_in_file("SELECT COUNT(*) FROM words"));
  EXPECT_EQ(2, count_in_file("SELECT stage FROM progress"));
  // A row that only a rebuild would bring back.
  tamper("DELETE FROM words WHERE rowid = 1");
  open_index();
  send("new fox");
  EXPECT_TRUE(index().catch_up(kPatience));
  close_index();
  EXPECT_EQ(700, count_in_file("SELECT COUNT(*) FROM words"));
}

TEST_P(SearchFileTest, ForgetsARemovedTenant) {
  auto const gone = add_tenant("second");
  send_as(gone, "secret of the second", kRoom);
  send("fox of the first");
  EXPECT_EQ("fox of the first", found("fox"));
  execute("DELETE FROM messages WHERE tenant_id = $1", {gone});
  execute("DELETE FROM events WHERE tenant_id = $1", {gone});
  execute("DELETE FROM tenants WHERE id = $1", {gone});
  close_index();
  EXPECT_EQ(1, count_in_file("SELECT COUNT(*) FROM words WHERE words MATCH 'body : secret'"));
  open_index();
  EXPECT_TRUE(index().catch_up(kPatience));
  close_index();
  EXPECT_EQ(0, count_in_file("SELECT COUNT(*) FROM words WHERE words MATCH 'body : secret'"));
  EXPECT_EQ(1, count_in_file("SELECT COUNT(*) FROM tenants"));
}

}  // namespace
}  // namespace parlance::search
