#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/event.h"
#include "storage/connection.h"

namespace parlance::storage {

/// True for the error of a statement that would have broken a unique or primary key.
inline bool is_unique_violation(Error const& error) {
  return error.code == Errc::conflict && error.message == "unique";
}

/// What a verb sees of the database: statements within one transaction that somebody else begins and commits. One
/// thread. The errors are those of Connection. After a failed statement a verb returns, or has wrapped the statement
/// in attempt(): PostgreSQL takes nothing more in that transaction.
class Transaction {
 public:
  using Params = std::initializer_list<Param>;

  explicit Transaction(Connection& connection) : connection_(connection) { start_verb(); }

  Engine engine() const { return connection_.engine(); }

  /// Wall-clock time, the same throughout one run of a verb.
  Timestamp now() const { return now_; }

  /// Runs a statement whose rows do not matter. Returns how many rows it changed.
  Result<std::int64_t> execute(std::string_view sql, Params params = {}) { return execute(sql, as_span(params)); }
  Result<std::int64_t> execute(std::string_view sql, std::span<Param const> params);

  /// Writes what no other statement's outcome hangs on: on PostgreSQL without waiting for the answer, so it costs no
  /// round trip; SQLite just runs it. Statements keep their order, posted or not. What goes wrong with it is told by
  /// the verb's next statement that is not posted or by the commit, and makes the verb fail alone, as ever; so no
  /// number of changed rows, and nothing that may be refused as a duplicate and then lets the verb go on or answer by
  /// itself. Nor what may wait for another transaction, unless a statement that is not posted follows: a deadlock found
  /// by the commit is unavailable instead of being tried again. wrote() counts it at once.
  Result<void> post(std::string_view sql, Params params = {}) { return post(sql, as_span(params)); }
  Result<void> post(std::string_view sql, std::span<Param const> params) { return connection_.post(sql, params); }

  /// Runs an INSERT of one row into a table with an integer `id`, and returns the row's.
  Result<std::int64_t> insert(std::string_view sql, std::span<Param const> params) {
    return connection_.insert(sql, params);
  }

  /// Every row of the result, each as `map(row)` returns it.
  template <class Map>
  auto all(std::string_view sql, std::span<Param const> params, Map map)
      -> Result<std::vector<std::invoke_result_t<Map&, Row const&>>> {
    std::vector<std::invoke_result_t<Map&, Row const&>> rows;
    auto visit = [&](Row const& row) {
      rows.push_back(map(row));
      return true;
    };
    TRY(connection_.run(sql, params, visit));
    return rows;
  }
  template <class Map>
  auto all(std::string_view sql, Params params, Map map) {
    return all(sql, as_span(params), std::move(map));
  }

  /// The first row, or none.
  template <class Map>
  auto first(std::string_view sql, std::span<Param const> params, Map map)
      -> Result<std::optional<std::invoke_result_t<Map&, Row const&>>> {
    std::optional<std::invoke_result_t<Map&, Row const&>> result;
    auto visit = [&](Row const& row) {
      result.emplace(map(row));
      return false;
    };
    TRY(connection_.run(sql, params, visit));
    return result;
  }
  template <class Map>
  auto first(std::string_view sql, Params params, Map map) {
    return first(sql, as_span(params), std::move(map));
  }

  /// The first row of a result that always has one; internal "no row" where it has not.
  template <class Map>
  auto one(std::string_view sql, std::span<Param const> params, Map map)
      -> Result<std::invoke_result_t<Map&, Row const&>> {
    auto row = TRY(first(sql, params, std::move(map)));
    if (!row) return fail(Errc::internal, "no row");
    return *std::move(row);
  }
  template <class Map>
  auto one(std::string_view sql, Params params, Map map) {
    return one(sql, as_span(params), std::move(map));
  }

  /// Calls `visit` with every row, one after the other.
  Result<void> each(std::string_view sql, std::span<Param const> params, std::function<void(Row const&)> const& visit);
  Result<void> each(std::string_view sql, Params params, std::function<void(Row const&)> const& visit) {
    return each(sql, as_span(params), visit);
  }

  /// Runs `action()`, which returns a Result, in a savepoint of its own: where it fails, also by what it posted, all it
  /// wrote and announced is undone, and the verb may go on. Costs two more statements.
  template <class Action>
  auto attempt(Action action) -> std::invoke_result_t<Action&> {
    auto const mark = announced_.size();
    TRY(connection_.savepoint());
    auto result = action();
    if (result) {
      auto const released = connection_.release();
      if (released) return result;
      result = std::unexpected(released.error());
    }
    TRY(connection_.rollback_to());
    discard_announced(mark);
    return result;
  }

  /// Hands the event to the lane's on_commit once this transaction has been committed; forgotten on rollback.
  void announce(model::LiveEvent event) { announced_.push_back(std::move(event)); }

  /// Whether the verb that is running has written anything so far.
  bool wrote() const { return connection_.writes() != writes_before_; }

  /// For whoever runs the transaction: a verb is about to start. Resets now() and wrote().
  void start_verb();

  /// For whoever runs the transaction: how many events wait for the commit, forgetting all but the first `count`,
  /// and taking them all.
  std::size_t announced_count() const { return announced_.size(); }
  void discard_announced(std::size_t count);
  std::vector<model::LiveEvent> take_announced() { return std::exchange(announced_, {}); }

 private:
  static std::span<Param const> as_span(Params params) { return {params.begin(), params.size()}; }

  Connection& connection_;
  Timestamp now_ = 0;
  std::uint64_t writes_before_ = 0;
  std::vector<model::LiveEvent> announced_;
};

}  // namespace parlance::storage
