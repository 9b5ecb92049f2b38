#include <limits>
#include <map>
#include <vector>

#include "storage/changed_row.h"
#include "storage/testing.h"
#include "storage/transaction.h"

namespace parlance::storage {
namespace {

constexpr std::string_view kInsert = "INSERT INTO thing (name) VALUES ($1)";

/// What every engine must do alike, on a table of its own.
class StorageContract : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    connection_ = database()->connect(Access::read_write).value();
    auto const sql = expand_macros(
        "CREATE TABLE thing (id @id, number BIGINT, ratio DOUBLE PRECISION, name TEXT, octets @bytes);"
        "CREATE UNIQUE INDEX thing_name ON thing (name);"
        "CREATE TABLE part (thing_id BIGINT NOT NULL REFERENCES thing (id), size BIGINT NOT NULL CHECK (size > 0))",
        GetParam());
    ASSERT_TRUE(connection_->script(sql.value()));
    ASSERT_TRUE(connection_->begin());
    transaction_.emplace(*connection_);
  }

  Connection& connection() { return *connection_; }
  Transaction& transaction() { return *transaction_; }

  Result<std::int64_t> insert(std::string_view name) { return transaction().execute(kInsert, {name}); }

  std::string names() {
    std::string result;
    auto const read =
        transaction().each("SELECT name FROM thing ORDER BY id", {}, [&](Row const& row) { result += row.text(0); });
    return read ? result : read.error().message;
  }

 private:
  std::unique_ptr<Connection> connection_;
  std::optional<Transaction> transaction_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(StorageContract);

TEST_P(StorageContract, GivesBackWhatWasBound) {
  std::string const text = "naïve 日本語 🙂 'quoted' \"$1\" \\";
  std::string const octets("\0\x01\xff\\x'", 6);
  auto const largest = std::numeric_limits<std::int64_t>::max();
  ASSERT_EQ(1, transaction()
                   .execute("INSERT INTO thing (number, ratio, name, octets) VALUES ($1, $2, $3, $4)",
                            {largest, 0.1, text, Bytes{octets}})
                   .value());
  auto const check = [&](Row const& row) {
    EXPECT_EQ(largest, row.integer(0));
    EXPECT_EQ(0.1, row.real(1));
    EXPECT_EQ(text, row.text(2));
    EXPECT_EQ(octets, row.bytes(3));
    EXPECT_FALSE(row.is_null(3));
    return row.id<MessageId>(0);
  };
  auto const sql = "SELECT number, ratio, name, octets FROM thing WHERE name = $1 AND octets = $2 AND number = $3";
  EXPECT_EQ(MessageId{largest}, transaction().one(sql, {text, Bytes{octets}, largest}, check).value());
}

TEST_P(StorageContract, TellsTheIdOfAnInsertedRow) {
  Param const first[] = {"first"};
  Param const second[] = {"second"};
  auto const id = transaction().insert(kInsert, first).value();
  EXPECT_EQ(id + 1, transaction().insert(kInsert, second).value());
  auto const name = [](Row const& row) { return std::string(row.text(0)); };
  EXPECT_EQ("second", transaction().one("SELECT name FROM thing WHERE id = $1", {id + 1}, name).value());
  auto const again = transaction().insert(kInsert, first);
  ASSERT_FALSE(again);
  EXPECT_TRUE(is_unique_violation(again.error()));
}

TEST_P(StorageContract, TellsWhatIsInAChangedRow) {
  Param const name[] = {"counted"};
  auto const id = transaction().insert("INSERT INTO thing (name, number) VALUES ($1, 1)", name).value();
  ChangedRow const count("thing", "number = number + $2", "id = $1", "number, name");
  auto const text = [](Row const& row) { return std::to_string(row.integer(0)) + std::string(row.text(1)); };
  EXPECT_EQ("6counted", count.run(transaction(), {id}, {id, 5}, text).value());
  EXPECT_EQ("4counted", count.run(transaction(), {id}, {id, -2}, text).value());
  EXPECT_EQ(std::nullopt, count.run(transaction(), {id + 1}, {id + 1, 1}, text).value());
}

TEST_P(StorageContract, ReadsNullAsNothing) {
  ASSERT_TRUE(transaction().execute("INSERT INTO thing (number, ratio, name, octets) VALUES ($1, $2, $3, $4)",
                                    {or_null(UserId{}), std::optional<double>(), nullptr, std::optional<Bytes>()}));
  auto const check = [&](Row const& row) {
    for (int column = 0; column < 4; ++column) EXPECT_TRUE(row.is_null(column)) << column;
    EXPECT_EQ(0, row.integer(0));
    EXPECT_FALSE(row.flag(0));
    EXPECT_EQ("", row.text(2));
    EXPECT_EQ("", row.bytes(3));
    EXPECT_EQ(std::nullopt, row.optional_integer(0));
    EXPECT_EQ(std::nullopt, row.optional_text(2));
    return 0;
  };
  ASSERT_TRUE(transaction().one("SELECT number, ratio, name, octets FROM thing", {}, check));
}

TEST_P(StorageContract, TellsEmptyFromNull) {
  ASSERT_TRUE(transaction().execute("INSERT INTO thing (name, octets, number) VALUES ($1, $2, $3)",
                                    {std::string_view(), Bytes{}, UserId{}}));
  auto const check = [](Row const& row) { return row.is_null(0) || row.is_null(1) || row.is_null(2); };
  EXPECT_FALSE(transaction().one("SELECT name, octets, number FROM thing", {}, check).value());
}

TEST_P(StorageContract, TakesParametersInAnyOrderAndRepeated) {
  auto const text = [](Row const& row) { return std::string(row.text(0)) + "/" + std::string(row.text(1)); };
  EXPECT_EQ("b/a$1", transaction().one("SELECT $2, $1 || '$1' WHERE $3 = 3 AND $3 < 4", {"a", "b", 3}, text).value());
  auto const large = std::int64_t{1} << 40;
  auto const flag = [](Row const& row) { return row.flag(0); };
  EXPECT_TRUE(transaction().one("SELECT $1 = 0 OR $1 > 1", {large}, flag).value());
  EXPECT_TRUE(transaction().one("SELECT $1 IS NULL", {std::optional<std::string>()}, flag).value());
}

TEST_P(StorageContract, ReturnsKeysAndCountsOfRows) {
  auto const id = [](Row const& row) { return row.integer(0); };
  EXPECT_EQ(1, transaction().one("INSERT INTO thing (name) VALUES ($1) RETURNING id", {"a"}, id).value());
  auto const two = transaction().all("INSERT INTO thing (name) VALUES ($1), ($2) RETURNING id", {"b", "c"}, id);
  EXPECT_EQ((std::vector<std::int64_t>{2, 3}), two.value());
  EXPECT_EQ(2, transaction().execute("UPDATE thing SET number = 1 WHERE id > $1", {1}).value());
  EXPECT_EQ(0, transaction().execute("DELETE FROM thing WHERE id > $1", {7}).value());
  EXPECT_EQ(0, transaction().execute("SELECT id FROM thing").value());
  EXPECT_EQ(2, transaction().one("SELECT sum(number) FROM thing", {}, id).value());
  // The first row of a writing statement is not all that it writes.
  ASSERT_TRUE(transaction().first("UPDATE thing SET number = 5 RETURNING id", {}, id).value());
  EXPECT_EQ(15, transaction().one("SELECT sum(number) FROM thing", {}, id).value());
}

TEST_P(StorageContract, SaysWhereThereIsNoRow) {
  auto const id = [](Row const& row) { return row.integer(0); };
  EXPECT_EQ(std::nullopt, transaction().first("SELECT id FROM thing", {}, id).value());
  EXPECT_EQ("no row", transaction().one("SELECT id FROM thing", {}, id).error().message);
  EXPECT_TRUE(transaction().all("SELECT id FROM thing", {}, id).value().empty());
}

TEST_P(StorageContract, RunsTheSameStatementWithinItself) {
  for (auto const name : {"a", "b", "c"}) ASSERT_TRUE(insert(name));
  std::string seen;
  auto const sql = "SELECT name FROM thing WHERE id > $1 ORDER BY id";
  auto const inner = [&](Row const& row) { seen += row.text(0); };
  ASSERT_TRUE(transaction().each(sql, {1}, [&](Row const& row) {
    seen += std::string(row.text(0)) + ":";
    ASSERT_TRUE(transaction().each(sql, {2}, inner));
    seen += std::string(row.text(0)) + ";";
  }));
  EXPECT_EQ("b:cb;c:cc;", seen);
}

TEST_P(StorageContract, KeepsMoreStatementsThanItCaches) {
  auto const id = [](Row const& row) { return row.integer(0); };
  for (int round = 0; round < 2; ++round)
    for (int number = 0; number < 600; ++number)
      ASSERT_EQ(number, transaction().one("SELECT " + std::to_string(number), {}, id).value());
}

TEST_P(StorageContract, NamesAViolatedConstraint) {
  ASSERT_TRUE(insert("a"));
  auto const duplicate = transaction().attempt([&] { return insert("a"); });
  EXPECT_TRUE(is_unique_violation(duplicate.error()));
  auto const part = [&](std::int64_t thing, int size) {
    auto const put = [&] { return transaction().execute("INSERT INTO part VALUES ($1, $2)", {thing, size}); };
    auto const result = transaction().attempt(put);
    return result ? std::string("stored") : result.error().message;
  };
  EXPECT_EQ("constraint", part(99, 1));
  EXPECT_EQ("constraint", part(1, 0));
  EXPECT_EQ("stored", part(1, 1));
}

TEST_P(StorageContract, RefusesWhatOneEngineCouldNotStore) {
  EXPECT_EQ(Errc::invalid_argument, insert(std::string_view("a\0b", 3)).error().code);
  EXPECT_TRUE(insert("b"));
}

TEST_P(StorageContract, CallsAWrongStatementABug) {
  auto const wrong = [&](std::string_view sql, std::initializer_list<Param> params) {
    return transaction().attempt([&] { return transaction().execute(sql, params); }).error().code;
  };
  EXPECT_EQ(Errc::internal, wrong("SELEKT 1", {}));
  EXPECT_EQ(Errc::internal, wrong("SELECT 1; SELECT 2", {}));
  EXPECT_EQ(Errc::internal, wrong("INSERT INTO thing (name) VALUES ($1)", {}));
  EXPECT_TRUE(insert("a"));
}

TEST_P(StorageContract, RollsBackAnAttemptThatFails) {
  ASSERT_TRUE(insert("a"));
  transaction().announce({});
  auto const failed = transaction().attempt([&]() -> Result<void> {
    TRY(insert("b"));
    transaction().announce({});
    auto const inner = transaction().attempt([&] { return insert("c"); });
    EXPECT_TRUE(inner);
    return fail(Errc::forbidden, "no");
  });
  EXPECT_EQ(Errc::forbidden, failed.error().code);
  EXPECT_EQ("a", names());
  EXPECT_EQ(1u, transaction().announced_count());
}

TEST_P(StorageContract, RollsBack) {
  ASSERT_TRUE(insert("a"));
  connection().rollback();
  EXPECT_EQ("", names());
  ASSERT_TRUE(connection().begin());
  ASSERT_TRUE(insert("b"));
  ASSERT_TRUE(connection().commit());
  EXPECT_EQ("b", names());
}

TEST_P(StorageContract, KnowsWhetherAVerbWrote) {
  transaction().start_verb();
  auto const id = [](Row const& row) { return row.integer(0); };
  ASSERT_TRUE(transaction().all("SELECT id FROM thing", {}, id));
  ASSERT_TRUE(transaction().all("WITH x AS (SELECT id FROM thing) SELECT id FROM x", {}, id));
  EXPECT_FALSE(transaction().wrote());
  ASSERT_TRUE(insert("a"));
  EXPECT_TRUE(transaction().wrote());
  transaction().start_verb();
  EXPECT_FALSE(transaction().wrote());
  ASSERT_TRUE(transaction().all("INSERT INTO thing (name) VALUES ('b') RETURNING id", {}, id));
  EXPECT_TRUE(transaction().wrote());
}

/// The first error of posting this name and then asking for something else.
Result<void> post_and_look(Transaction& transaction, std::string_view name) {
  TRY(transaction.post(kInsert, {name}));
  TRY(transaction.one("SELECT 1", {}, [](Row const& row) { return row.integer(0); }));
  return {};
}

TEST_P(StorageContract, RunsPostedStatementsInOrderWithTheOthers) {
  ASSERT_TRUE(transaction().post(kInsert, {"a"}));
  ASSERT_TRUE(transaction().post("UPDATE thing SET name = 'b' WHERE name = $1", {"a"}));
  ASSERT_TRUE(insert("a"));
  ASSERT_TRUE(transaction().post("UPDATE thing SET name = 'c' WHERE name = $1", {"a"}));
  EXPECT_EQ("bc", names());
  ASSERT_TRUE(transaction().post(kInsert, {"d"}));
  ASSERT_TRUE(connection().commit());
  ASSERT_TRUE(connection().begin());
  EXPECT_EQ("bcd", names());
}

TEST_P(StorageContract, CountsAPostedStatementAsWritten) {
  transaction().start_verb();
  ASSERT_TRUE(transaction().post(kInsert, {"a"}));
  EXPECT_TRUE(transaction().wrote());
}

TEST_P(StorageContract, TakesAnyNumberOfPostedStatements) {
  for (int number = 0; number < 2000; ++number)
    ASSERT_TRUE(transaction().post("INSERT INTO thing (number) VALUES ($1)", {number}));
  auto const sum = [](Row const& row) { return row.integer(0); };
  EXPECT_EQ(1'999'000, transaction().one("SELECT CAST(sum(number) AS BIGINT) FROM thing", {}, sum).value());
}

TEST_P(StorageContract, TellsOfAPostedFailureByTheNextResult) {
  ASSERT_TRUE(insert("a"));
  auto const outcome = post_and_look(transaction(), "a");
  ASSERT_FALSE(outcome);
  EXPECT_TRUE(is_unique_violation(outcome.error()));
  EXPECT_EQ(GetParam() == Engine::postgres ? Condition::aborted : Condition::healthy, connection().condition());
}

TEST_P(StorageContract, TellsOfAPostedFailureByTheCommit) {
  ASSERT_TRUE(insert("a"));
  auto outcome = transaction().post("INSERT INTO part (thing_id, size) VALUES (1, $1)", {0});
  if (outcome) outcome = transaction().post(kInsert, {"b"});
  if (outcome) outcome = connection().commit();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(Errc::conflict, outcome.error().code);
  EXPECT_EQ("constraint", outcome.error().message);
  connection().rollback();
  ASSERT_TRUE(connection().begin());
  EXPECT_EQ("", names());
}

TEST_P(StorageContract, ForgetsWhatWasPostedBeforeARollback) {
  ASSERT_TRUE(transaction().post(kInsert, {"a"}));
  std::ignore = transaction().post(kInsert, {"a"});
  connection().rollback();
  ASSERT_TRUE(connection().begin());
  EXPECT_EQ("", names());
  ASSERT_TRUE(insert("a"));
  EXPECT_EQ("a", names());
}

TEST_P(StorageContract, AnAttemptFailsByWhatWasPostedInIt) {
  ASSERT_TRUE(transaction().post(kInsert, {"a"}));
  auto const failed = transaction().attempt([&]() -> Result<int> {
    TRY(transaction().post(kInsert, {"b"}));
    transaction().announce({});
    TRY(transaction().post(kInsert, {"a"}));
    return 1;
  });
  ASSERT_FALSE(failed);
  EXPECT_TRUE(is_unique_violation(failed.error()));
  EXPECT_EQ("a", names());
  EXPECT_EQ(0u, transaction().announced_count());
  EXPECT_TRUE(transaction().attempt([&] { return transaction().post(kInsert, {"c"}); }));
  EXPECT_EQ("ac", names());
}

TEST_P(StorageContract, AnAttemptThatFailsForgetsWhatWasPostedInIt) {
  auto const failed = transaction().attempt([&]() -> Result<void> {
    TRY(transaction().post(kInsert, {"a"}));
    return fail(Errc::forbidden, "no");
  });
  EXPECT_EQ(Errc::forbidden, failed.error().code);
  EXPECT_EQ("", names());
}

TEST_P(StorageContract, AnAttemptDoesNotBeginAfterAPostedFailure) {
  ASSERT_TRUE(insert("a"));
  bool begun = false;
  auto outcome = transaction().post(kInsert, {"a"});
  if (outcome) {
    outcome = transaction().attempt([&]() -> Result<void> {
      begun = true;
      return {};
    });
  }
  ASSERT_FALSE(outcome);
  EXPECT_TRUE(is_unique_violation(outcome.error()));
  EXPECT_FALSE(begun);
}

TEST_P(StorageContract, ReadOnlyConnectionsDoNotWrite) {
  auto const reader = database()->connect(Access::read_only).value();
  ASSERT_TRUE(connection().commit());
  ASSERT_TRUE(reader->begin());
  Transaction reading(*reader);
  EXPECT_FALSE(reading.execute("INSERT INTO thing (name) VALUES ('a')"));
  reader->rollback();
}

TEST_P(StorageContract, ReconnectsAndStartsOver) {
  ASSERT_TRUE(insert("a"));
  ASSERT_TRUE(connection().reconnect());
  ASSERT_TRUE(connection().begin());
  EXPECT_EQ("", names());
  ASSERT_TRUE(insert("b"));
  EXPECT_EQ("b", names());
}

}  // namespace
}  // namespace parlance::storage
