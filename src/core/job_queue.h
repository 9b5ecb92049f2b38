#pragma once

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

/// Which kinds of jobs a taker wants: these, or all but these.
struct KindFilter {
  std::vector<std::string> kinds;
  bool all_but = true;
};

/// Takes up to `limit` due jobs of any tenant until `lease_until`, counting an attempt each. Two takers never get the
/// same job while its lease lasts.
Result<std::vector<model::Job>> take_jobs(storage::Transaction& tx, Timestamp due, Timestamp lease_until,
                                          std::int64_t limit, KindFilter const& filter = {});

/// When the next such job comes due; 0 where none is waiting.
Result<Timestamp> next_job_at(storage::Transaction& tx, KindFilter const& filter = {});

Result<void> finish_job(storage::Transaction& tx, JobId id);
/// Puts a job back until `run_at`, or among the dead letters where `run_at` is 0.
Result<void> fail_job(storage::Transaction& tx, JobId id, std::string_view error, Timestamp run_at);

/// A tenant's dead letters of one kind, newest first.
Result<std::vector<model::Job>> list_dead_jobs(storage::Transaction& tx, TenantId tenant, std::string_view kind,
                                               std::int64_t limit);
/// not_found where the tenant has no such dead letter.
Result<void> redrive_job(storage::Transaction& tx, TenantId tenant, JobId id);

}  // namespace parlance::core
