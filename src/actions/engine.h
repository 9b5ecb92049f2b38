#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actions/completions.h"
#include "actions/limits.h"
#include "actions/outcome.h"
#include "base/result.h"
#include "core/action_runs.h"
#include "model/job.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::actions {

/// Jobs of kind core::kActionJob: runs the programs of a message that are waiting. A program runs beside the database;
/// what it wants written, the state of its run and the message with its result are then one transaction, which is done
/// only while the run is still waiting and what the program has read is still so. So each run happens once or not at
/// all, whenever the process dies and however many try it. Any thread, as many as call run(); never an I/O thread.
/// The jobs must never be given up: a run that fails too often ends here, and is told of.
class Engine {
 public:
  Engine(storage::WriteLanes& lanes, storage::ReadPool& reads, Limits const& limits = {})
      : lanes_(lanes), reads_(reads), limits_(limits) {}

  Result<void> run(model::Job const& job);

  /// Told whenever a job has ended.
  Completions& completions() { return completions_; }

 private:
  /// What a program runs on.
  struct Task {
    core::ActionRun run;
    std::string code;
    bool is_gone = false;  ///< the program was edited or deleted since
    Surroundings surroundings;
    std::string approved_plan;  ///< empty where nobody has approved anything
  };
  struct Previewed {
    core::ActionRun run;
    bool is_gone = false;
    Outcome outcome;
  };

  Result<Task> read_task(storage::Transaction& tx, core::ActionRun const& run) const;
  Result<Outcome> execute(Task const& task) const;
  Result<void> preview(std::vector<core::ActionRun> const& runs);
  Result<void> settle_previews(storage::Transaction& tx, std::vector<Previewed> const& previews) const;
  Result<void> write(core::ActionRun const& run);
  Result<void> give_up(core::ActionRun const& run, Outcome outcome, std::string_view why);

  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  Limits const limits_;
  Completions completions_;
};

}  // namespace parlance::actions
