#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/job.h"
#include "storage/transaction.h"

namespace parlance::core {

/// The end of a sub-select that takes rows of a queue: on PostgreSQL it passes over what another node is taking.
std::string_view skip_locked(storage::Transaction const& tx);

/// Queues a job in the transaction of its cause, and announces job_added so that the runner wakes.
Result<JobId> add_job(storage::Transaction& tx, TenantId tenant, std::string_view kind, std::string_view payload,
                      Timestamp run_at);

/// The same for verbs that are often: without the job's number, and without waiting (Transaction::post).
Result<void> post_job(storage::Transaction& tx, TenantId tenant, std::string_view kind, std::string_view payload,
                      Timestamp run_at);

/// Takes up to `limit` due jobs of these kinds, of any tenant, until `lease_until`: those that have been due longest,
/// counting an attempt each. Two takers never get the same job while its lease lasts. The cost does not depend on how
/// many jobs of other kinds wait.
Result<std::vector<model::Job>> take_jobs(storage::Transaction& tx, Timestamp due, Timestamp lease_until,
                                          std::int64_t limit, std::vector<std::string> const& kinds);

/// When the next job of these kinds comes due; 0 where none is waiting. The cost is as for take_jobs.
Result<Timestamp> next_job_at(storage::Transaction& tx, std::vector<std::string> const& kinds);

/// The statements of these two for so many kinds, for whoever asks the engine for their plans. Parameters: due, lease,
/// limit and the kinds; the kinds alone.
std::string take_jobs_sql(storage::Transaction const& tx, std::size_t kind_count);
std::string next_job_sql(std::size_t kind_count);

Result<void> finish_job(storage::Transaction& tx, JobId id);
/// Puts a job back until `run_at`, or among the dead letters where `run_at` is 0.
Result<void> fail_job(storage::Transaction& tx, JobId id, std::string_view error, Timestamp run_at);

/// A tenant's dead letters of one kind, newest first.
Result<std::vector<model::Job>> list_dead_jobs(storage::Transaction& tx, TenantId tenant, std::string_view kind,
                                               std::int64_t limit);
/// not_found where the tenant has no such dead letter.
Result<void> redrive_job(storage::Transaction& tx, TenantId tenant, JobId id);

}  // namespace parlance::core
