#include "storage/sql_scan.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/statement_cache.h"

namespace parlance::storage {
namespace {

TEST(MayWrite, ToldFromTheText) {
  EXPECT_FALSE(may_write("SELECT 'insert'"));
  EXPECT_FALSE(may_write("-- update\n  select 1"));
  EXPECT_FALSE(may_write("WITH a AS (SELECT update_count FROM b) SELECT * FROM a"));
  EXPECT_TRUE(may_write("WITH a AS (DELETE FROM b RETURNING id) SELECT * FROM a"));
  EXPECT_TRUE(may_write("insert INTO a VALUES (1)"));
  EXPECT_TRUE(may_write("CREATE TABLE a (id BIGINT)"));
}

TEST(StatementCacheEviction, TakesTheLeastRecentlyUsedThatIsNotBusy) {
  StatementCache<int> cache(3);
  std::string evicted;
  auto const evict = [&](int number) { evicted += std::to_string(number); };
  for (int number = 1; number <= 3; ++number) cache.insert(std::to_string(number), number, evict);
  cache.find("1");
  cache.insert("4", 4, evict);
  cache.find("3")->busy = true;
  cache.find("1");
  cache.find("4");
  cache.insert("5", 5, evict);
  EXPECT_EQ("21", evicted);
  EXPECT_NE(nullptr, cache.find("3"));
  EXPECT_EQ(nullptr, cache.find("2"));
  EXPECT_EQ(3u, cache.size());
}

}  // namespace
}  // namespace parlance::storage
