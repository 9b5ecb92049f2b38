#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actions/journal.h"
#include "actions/sandbox.h"
#include "core/action_runs.h"

namespace parlance::actions {

/// What running a program has come to.
struct Outcome {
  Ending ending;
  std::vector<Step> steps;
  std::map<std::string, Journal::Type, std::less<>> types;

  bool needs_approval() const;
};

/// The action items of the contract without the brackets of an array: what would be done, or what was.
std::string items_text(std::vector<Step> const& steps, core::RunMode mode);

/// What an approver agrees to: equal for runs that want the same done. Ids of what is new are left out.
std::string plan_of(std::vector<Step> const& steps);

/// What is kept of a run: {"plan","items","error","log"}.
std::string result_json(Outcome const& outcome, core::RunMode mode);

/// The plan in such a text; empty where there is none.
std::string plan_in(std::string_view result);

/// "create", "update", "delete", "post".
std::string_view operation_name(Operation operation);

}  // namespace parlance::actions
