#include "storage/postgres/connection.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "storage/postgres/result_row.h"
#include "storage/sql_scan.h"
#include "storage/verb.h"

namespace parlance::storage::postgres {
namespace {

void log_notice(void*, char const* message) { log::debug("PostgreSQL: {}", trim(message)); }

/// Beyond so many posted statements, their answers are read. Each takes some 30 octets of the sockets' buffers.
constexpr std::size_t kMostOutstanding = 256;

/// A statement that the server no longer knows, or whose tables have changed shape under it.
bool is_stale(std::string_view sqlstate) { return sqlstate == "26000" || sqlstate == "0A000"; }

}  // namespace

Result<std::unique_ptr<Connection>> PostgresConnection::open(DatabaseOptions const& options, Faults& faults,
                                                             Access access) {
  auto connection = std::unique_ptr<PostgresConnection>(new PostgresConnection(options, faults, access));
  TRY(connection->reconnect());
  return connection;
}

Result<void> PostgresConnection::reconnect() {
  pipeline_.start(nullptr);
  connection_.reset();
  statements_.clear();
  contended_ = false;
  lost_ = false;
  auto const timeout = std::to_string(std::max<std::int64_t>(options_.connect_timeout.count(), 2));
  // What comes before dbname, the URL may override. A server that has vanished is noticed within 10 to 20 seconds.
  char const* const settings[][2] = {
      {"application_name", "parlance"}, {"connect_timeout", timeout.c_str()}, {"tcp_user_timeout", "10000"},
      {"keepalives_idle", "10"},        {"keepalives_interval", "5"},         {"keepalives_count", "2"},
      {"dbname", options_.url.c_str()}, {"client_encoding", "UTF8"},          {nullptr, nullptr}};
  std::vector<char const*> keywords, values;
  for (auto const& [keyword, value] : settings) {
    keywords.push_back(keyword);
    values.push_back(value);
  }
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) return failure(nullptr, "connecting");
  PQsetNoticeProcessor(connection_.get(), log_notice, nullptr);
  pipeline_.start(connection_.get());
  return script(setup());
}

std::string PostgresConnection::setup() const {
  // A server that is set to acknowledge before the disk does would break the promise of every acknowledged message.
  std::string sql =
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN "
      "('off', 'local');"
      "SET lock_timeout = " +
      std::to_string(options_.busy_timeout.count()) + ";";
  if (access_ == Access::read_only)
    sql += "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read';";
  return sql;
}

Condition PostgresConnection::condition() const {
  if (lost_ || pipeline_.is_lost()) return Condition::lost;
  // Of a pipeline that is not settled libpq says "active".
  if (PQtransactionStatus(connection_.get()) != PQTRANS_INERROR) return Condition::healthy;
  return contended_ ? Condition::contended : Condition::aborted;
}

Result<PostgresConnection::Statement const*> PostgresConnection::prepare(std::string_view sql) {
  key_ = sql;
  key_ += '\0';
  for (auto const type : parameters_.types()) key_ += static_cast<char>(type % 251);
  if (auto const found = statements_.find(key_)) return &found->statement;
  Statement statement{"s" + std::to_string(++names_), {}, may_write(sql)};
  // key_ begins with the SQL and a NUL.
  if (!pipeline_.send_prepare(statement.name.c_str(), key_.c_str(), parameters_)) return failure(nullptr, sql);
  TRY(settle());
  auto const forget = [&](Statement& old) { std::ignore = control(("DEALLOCATE " + old.name).c_str()); };
  auto const entry = statements_.insert(key_, std::move(statement), forget);
  entry->statement.sql = std::string_view(entry->key).substr(0, sql.size());
  return &entry->statement;
}

Result<PostgresConnection::Statement const*> PostgresConnection::send(std::string_view sql,
                                                                      std::span<Param const> params) {
  TRY(check_texts(params));
  parameters_.encode(params);
  auto const statement = TRY(prepare(sql));
  if (!pipeline_.send(statement->sql, statement->name.c_str(), parameters_)) return failure(nullptr, sql);
  return statement;
}

Result<void> PostgresConnection::send(char const* sql) {
  if (!pipeline_.send(sql)) return failure(nullptr, sql);
  return {};
}

Result<Answer> PostgresConnection::settle() {
  auto settled = pipeline_.settle();
  if (settled.failed) return failure(settled.answer.get(), settled.sql);
  return std::move(settled.answer);
}

Result<std::int64_t> PostgresConnection::run(std::string_view sql, std::span<Param const> params, RowVisitor visit) {
  auto const writes = TRY(send(sql, params))->writes;
  auto const answer = TRY(settle());
  if (writes) ++writes_;
  ResultRow row(answer.get());
  for (int index = 0, count = PQntuples(answer.get()); index < count; ++index) {
    row.move_to(index);
    if (!visit(row)) break;
  }
  return writes ? parse_integer(PQcmdTuples(answer.get())).value_or(0) : 0;
}

Result<void> PostgresConnection::post(std::string_view sql, std::span<Param const> params) {
  if (TRY(send(sql, params))->writes) ++writes_;
  if (pipeline_.outstanding() >= kMostOutstanding) TRY(settle());
  return {};
}

Result<std::int64_t> PostgresConnection::insert(std::string_view sql, std::span<Param const> params) {
  std::int64_t id = 0;
  auto take = [&](Row const& row) {
    id = row.integer(0);
    return false;
  };
  TRY(run(std::string(sql) + " RETURNING id", params, take));
  return id;
}

Result<void> PostgresConnection::script(std::string const& sql) {
  TRY(settle());
  auto const answer = pipeline_.run_script(sql.c_str());
  auto const status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failure(answer.get(), sql);
  ++writes_;
  return {};
}

std::unexpected<Error> PostgresConnection::failure(PGresult const* result, std::string_view sql) {
  auto const state = sqlstate(result);
  contended_ = is_contention(state);
  if (is_stale(state)) lost_ = true;
  return std::unexpected(error_of(connection_.get(), result, sql));
}

Result<Answer> PostgresConnection::control(char const* sql) {
  TRY(send(sql));
  return settle();
}

Result<void> PostgresConnection::begin() {
  contended_ = false;
  return send("BEGIN");
}

Result<void> PostgresConnection::commit() {
  if (faults_.take_commit() || faults_.take_fsync() || faults_.is_full()) {
    rollback();
    return busy("the commit failed");
  }
  auto const committed = control("COMMIT");
  if (!committed) {
    rollback();
    return std::unexpected(committed.error());
  }
  // COMMIT of an aborted transaction succeeds, as a rollback.
  if (std::string_view(PQcmdStatus(committed->get())) == "ROLLBACK") return fail(Errc::internal, "internal error");
  return {};
}

void PostgresConnection::rollback() {
  if (!connection_) return;
  pipeline_.settle();
  if (PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return;
  if (!pipeline_.send("ROLLBACK") || !pipeline_.end_section()) lost_ = true;
}

Result<void> PostgresConnection::savepoint() {
  // What was posted before it is no failure of what comes in it.
  TRY(settle());
  return send("SAVEPOINT verb");
}

Result<void> PostgresConnection::release() {
  TRY(control("RELEASE verb"));
  return {};
}

Result<void> PostgresConnection::rollback_to() {
  pipeline_.settle();
  TRY(send("ROLLBACK TO verb"));
  return release();
}

}  // namespace parlance::storage::postgres
