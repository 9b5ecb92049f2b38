#include "core/job_queue.h"

#include <fmt/format.h>

#include "core/events.h"

namespace parlance::core {

namespace {

constexpr std::string_view kInsert =
    "INSERT INTO jobs (tenant_id, kind, payload, run_at, created_at) VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kColumns = "id, tenant_id, kind, payload, attempts, created_at, last_attempt_at, last_error";

model::Job job_from(storage::Row const& row) {
  model::Job job;
  job.id = row.id<JobId>(0);
  job.tenant = row.id<TenantId>(1);
  job.kind = row.text(2);
  job.payload = row.text(3);
  job.attempts = row.integer(4);
  job.created_at = row.integer(5);
  job.last_attempt_at = row.integer(6);
  job.last_error = row.text(7);
  return job;
}

/// `select` for each of the kinds: its {} is the number of the parameter that holds the kind, which begin at `first`.
/// So every kind is looked for where it begins in the index, and what waits of others is passed over unseen.
std::string each_kind(std::string const& select, std::size_t first, std::size_t count) {
  std::string sql;
  for (auto number = first; number < first + count; ++number) {
    if (number > first) sql += " UNION ALL ";
    sql += fmt::format(fmt::runtime(select), number);
  }
  return sql;
}

}  // namespace

std::string_view skip_locked(storage::Transaction const& tx) {
  return tx.engine() == storage::Engine::postgres ? " FOR UPDATE SKIP LOCKED" : "";
}

Result<JobId> add_job(storage::Transaction& tx, TenantId tenant, std::string_view kind, std::string_view payload,
                      Timestamp run_at) {
  storage::Param const params[] = {tenant, kind, payload, run_at, tx.now()};
  JobId const id{TRY(tx.insert(kInsert, params))};
  announce(tx, tenant, model::EventKind::job_added);
  return id;
}

Result<void> post_job(storage::Transaction& tx, TenantId tenant, std::string_view kind, std::string_view payload,
                      Timestamp run_at) {
  TRY(tx.post(kInsert, {tenant, kind, payload, run_at, tx.now()}));
  announce(tx, tenant, model::EventKind::job_added);
  return {};
}

std::string take_jobs_sql(storage::Transaction const& tx, std::size_t kind_count) {
  // On PostgreSQL others pass over up to `limit` jobs of each kind until this commits, taken or not.
  std::string oldest =
      "SELECT id, run_at FROM (SELECT id, run_at FROM jobs WHERE state = 0 AND kind = ${} AND run_at <= $1"
      " ORDER BY run_at LIMIT $3";
  oldest += skip_locked(tx);
  oldest += ") AS oldest";
  return fmt::format(
      "UPDATE jobs SET run_at = $2, attempts = attempts + 1, last_attempt_at = $1 WHERE id IN"
      " (SELECT id FROM ({}) AS due ORDER BY run_at LIMIT $3) RETURNING {}",
      each_kind(oldest, 4, kind_count), kColumns);
}

std::string next_job_sql(std::size_t kind_count) {
  auto const firsts = each_kind("SELECT MIN(run_at) AS run_at FROM jobs WHERE state = 0 AND kind = ${}", 1, kind_count);
  return fmt::format("SELECT MIN(run_at) FROM ({}) AS firsts", firsts);
}

Result<std::vector<model::Job>> take_jobs(storage::Transaction& tx, Timestamp due, Timestamp lease_until,
                                          std::int64_t limit, std::vector<std::string> const& kinds) {
  if (kinds.empty()) return {};
  std::vector<storage::Param> params{due, lease_until, limit};
  params.insert(params.end(), kinds.begin(), kinds.end());
  return tx.all(take_jobs_sql(tx, kinds.size()), params, job_from);
}

Result<Timestamp> next_job_at(storage::Transaction& tx, std::vector<std::string> const& kinds) {
  if (kinds.empty()) return 0;
  std::vector<storage::Param> const params(kinds.begin(), kinds.end());
  return tx.one(next_job_sql(kinds.size()), params, [](storage::Row const& row) { return row.integer(0); });
}

Result<void> finish_job(storage::Transaction& tx, JobId id) {
  TRY(tx.execute("DELETE FROM jobs WHERE id = $1", {id}));
  return {};
}

Result<void> fail_job(storage::Transaction& tx, JobId id, std::string_view error, Timestamp run_at) {
  auto const state = run_at == 0 ? model::JobState::dead : model::JobState::ready;
  TRY(tx.execute("UPDATE jobs SET state = $2, run_at = $3, last_error = $4 WHERE id = $1", {id, state, run_at, error}));
  return {};
}

Result<std::vector<model::Job>> list_dead_jobs(storage::Transaction& tx, TenantId tenant, std::string_view kind,
                                               std::int64_t limit) {
  std::string sql = "SELECT ";
  sql += kColumns;
  sql += " FROM jobs WHERE tenant_id = $1 AND kind = $2 AND state = 1 ORDER BY id DESC LIMIT $3";
  auto jobs = TRY(tx.all(sql, {tenant, kind, limit}, job_from));
  for (auto& job : jobs) job.state = model::JobState::dead;
  return jobs;
}

Result<void> redrive_job(storage::Transaction& tx, TenantId tenant, JobId id) {
  auto const changed = TRY(
      tx.execute("UPDATE jobs SET state = 0, attempts = 0, run_at = $3 WHERE tenant_id = $1 AND id = $2 AND state = 1",
                 {tenant, id, tx.now()}));
  if (changed == 0) return fail(Errc::not_found, "no such dead letter");
  announce(tx, tenant, model::EventKind::job_added);
  return {};
}

}  // namespace parlance::core
