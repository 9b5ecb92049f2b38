#include <filesystem>

#include "storage/sqlite/statement.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::storage::sqlite {
namespace {

TEST(WithNumberedParameters, LeavesQuotesAndCommentsAlone) {
  EXPECT_EQ("SELECT ?2, ?10, '$1 it''s $1', \"$1\" -- $1\n, ?1 /* $1 */",
            with_numbered_parameters("SELECT $2, $10, '$1 it''s $1', \"$1\" -- $1\n, $1 /* $1 */"));
  EXPECT_EQ("'open $1", with_numbered_parameters("'open $1"));
}

TEST(SqliteCheckpoints, KeepTheLogWithinItsBound) {
  constexpr std::int64_t kBound = 1 << 20;
  TestDatabase database(Engine::sqlite, {.wal_bound_bytes = kBound});
  ASSERT_TRUE(database->connect(Access::read_write).value()->script("CREATE TABLE blob (octets BLOB)"));
  auto const lanes = WriteLanes::open(*database, {}).value();
  std::string const octets(100'000, 'x');
  std::uintmax_t largest = 0;
  for (int index = 0; index < 200; ++index) {
    auto const put = [&](Transaction& transaction) {
      return transaction.execute("INSERT INTO blob VALUES ($1)", {Bytes{octets}});
    };
    ASSERT_TRUE(lanes->run(1, put));
    largest = std::max(largest, std::filesystem::file_size(database.options().url + "/parlance.db-wal"));
  }
  // 20 MB were written; what is written during a checkpoint comes on top of the bound and the wake-up threshold.
  EXPECT_LT(largest, 12'000'000u);
}

TEST(SqliteOpen, RefusesAnUnknownUrl) {
  EXPECT_EQ(Errc::invalid_argument, Database::open({.url = "mysql://x"}).error().code);
  EXPECT_EQ(Errc::invalid_argument, Database::open({.url = ""}).error().code);
  EXPECT_EQ(Errc::unavailable, Database::open({.url = "/dev/null/data"}).error().code);
  EXPECT_EQ(Errc::unavailable, Database::open({.url = "sqlite:/nowhere/at/all.db"}).error().code);
}

}  // namespace
}  // namespace parlance::storage::sqlite
