#include "core/job_queue.h"

#include "core/events.h"
#include "core/in_list.h"

namespace parlance::core {

namespace {

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

/// The condition on `kind`, with parameters from number `first` on.
struct KindCondition {
  KindCondition(int first, KindFilter const& filter) : list(first, filter.kinds) {
    if (!filter.kinds.empty()) text = (filter.all_but ? " AND kind NOT IN " : " AND kind IN ") + list.text();
  }

  std::vector<storage::Param> params(std::vector<storage::Param> before) const {
    return text.empty() ? before : list.params(std::move(before));
  }

  InList list;
  std::string text;
};

}  // namespace

std::string_view skip_locked(storage::Transaction const& tx) {
  return tx.engine() == storage::Engine::postgres ? " FOR UPDATE SKIP LOCKED" : "";
}

Result<JobId> add_job(storage::Transaction& tx, TenantId tenant, std::string_view kind, std::string_view payload,
                      Timestamp run_at) {
  auto const id = TRY(
      tx.one("INSERT INTO jobs (tenant_id, kind, payload, run_at, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
             {tenant, kind, payload, run_at, tx.now()}, [](storage::Row const& row) { return row.id<JobId>(0); }));
  announce(tx, tenant, model::EventKind::job_added);
  return id;
}

Result<std::vector<model::Job>> take_jobs(storage::Transaction& tx, Timestamp due, Timestamp lease_until,
                                          std::int64_t limit, KindFilter const& filter) {
  KindCondition const condition(4, filter);
  std::string sql =
      "UPDATE jobs SET run_at = $2, attempts = attempts + 1, last_attempt_at = $1 WHERE id IN"
      " (SELECT id FROM jobs WHERE state = 0 AND run_at <= $1";
  sql += condition.text;
  sql += " ORDER BY run_at LIMIT $3";
  sql += skip_locked(tx);
  sql += ") RETURNING ";
  sql += kColumns;
  return tx.all(sql, condition.params({due, lease_until, limit}), job_from);
}

Result<Timestamp> next_job_at(storage::Transaction& tx, KindFilter const& filter) {
  KindCondition const condition(1, filter);
  auto const next =
      TRY(tx.first("SELECT run_at FROM jobs WHERE state = 0" + condition.text + " ORDER BY run_at LIMIT 1",
                   condition.params({}), [](storage::Row const& row) { return row.integer(0); }));
  return next.value_or(0);
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
