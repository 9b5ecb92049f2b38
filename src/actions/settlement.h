#pragma once

#include <string>
#include <string_view>

#include "actions/outcome.h"
#include "base/result.h"
#include "core/action_runs.h"
#include "storage/transaction.h"

namespace parlance::actions {

enum class SettlementState {
  settled,  ///< by this call or an earlier one
  stale,    ///< something that the run has read was changed since: nothing is done, run it again
  refused,  ///< it can never be done; nothing is
};
struct Settlement {
  SettlementState state = SettlementState::settled;
  std::string reason;  ///< of refused
};

/// Does what a write run wants done, all of it or nothing: objects, their webhooks, posts, the message with the result,
/// and the end of the run. Nothing where the run is not waiting any more.
Result<Settlement> settle_write(storage::Transaction& tx, core::ActionRun const& run, Outcome const& outcome);

/// Posts that a run has failed and why, in the name of whoever let it run; not where that user may not write any more.
Result<void> tell_failure(storage::Transaction& tx, core::ActionRun const& run, std::string_view why);

}  // namespace parlance::actions
