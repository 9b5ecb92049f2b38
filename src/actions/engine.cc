#include "actions/engine.h"

#include <algorithm>

#include "actions/settlement.h"
#include "core/conversations.h"
#include "core/message_code.h"
#include "core/message_log.h"
#include "core/tenants.h"
#include "core/users.h"
#include "jobs/payload.h"

namespace parlance::actions {

namespace {

/// A run that has not come to its end in so many attempts ends the process, or is ended by it.
constexpr std::int64_t kMaxAttempts = 5;

/// How often a run is repeated because others have changed what it has read.
constexpr int kMaxRepeats = 8;

boost::json::value id_or_null(std::int64_t id) { return id == 0 ? boost::json::value() : boost::json::value(id); }

boost::json::object describe(model::Conversation const& thread) {
  boost::json::object info;
  info["id"] = thread.id.value;
  info["subject"] = thread.subject;
  info["client_account_id"] = thread.space.value;
  info["provider_client_account_id"] = id_or_null(thread.provider_space.value);
  info["relation_type"] =
      thread.relation_type.empty() ? boost::json::value() : boost::json::value(thread.relation_type);
  info["relation_id"] = id_or_null(thread.relation_id);
  info["created_by_id"] = thread.created_by.value;
  return info;
}

boost::json::object describe(model::User const& user) {
  boost::json::object info;
  info["id"] = user.id.value;
  info["user_id"] = user.external_id;
  info["name"] = user.name;
  info["email"] = user.email;
  return info;
}

}  // namespace

Result<void> Engine::run(model::Job const& job) {
  auto const payload = TRY(jobs::Payload::parse(job.payload));
  ConversationId const conversation{payload.integer("conversation")};
  MessageId const message{payload.integer("message")};
  while (true) {
    auto const runs =
        TRY(reads_.run([&](storage::Transaction& tx) { return core::list_pending_runs(tx, job.tenant, message); }));
    if (runs.empty()) break;
    if (job.attempts > kMaxAttempts) {
      for (auto const& run : runs) TRY(give_up(run, {}, "it was interrupted too often"));
    } else if (runs.front().mode == core::RunMode::write) {
      TRY(write(runs.front()));
    } else {
      std::vector<core::ActionRun> previews;
      std::ranges::copy_if(runs, std::back_inserter(previews),
                           [](auto const& run) { return run.mode == core::RunMode::preview; });
      TRY(preview(previews));
    }
  }
  completions_.notify(conversation);
  return {};
}

Result<Engine::Task> Engine::read_task(storage::Transaction& tx, core::ActionRun const& run) const {
  Task task{.run = run};
  auto code = TRY(core::find_code(tx, run));
  auto const thread = TRY(core::find_conversation(tx, run.tenant, run.conversation));
  auto const message = TRY(core::find_message(tx, run.tenant, run.message));
  task.is_gone = !code || !thread || !message;
  if (task.is_gone) return task;
  task.code = *std::move(code);
  task.surroundings.tenant = run.tenant;
  task.surroundings.policy = TRY(core::get_tenant(tx, run.tenant)).settings.action_policy;
  task.surroundings.thread = describe(*thread);
  task.surroundings.user = describe(TRY(core::get_user(tx, run.tenant, run.requested_by)));
  task.surroundings.now = format_rfc3339(message->created_at);
  if (!run.approved_by) return task;
  task.surroundings.is_approved = true;
  auto const preview = TRY(core::find_run(tx, run.tenant, run.message, run.block, core::RunMode::preview));
  task.approved_plan = preview ? plan_in(preview->result) : "none";
  return task;
}

Result<Outcome> Engine::execute(Task const& task) const {
  Journal journal(reads_, task.surroundings, limits_);
  Outcome outcome;
  outcome.ending = TRY(run_program(task.code, journal, limits_));
  outcome.steps = journal.steps();
  outcome.types = journal.types();
  return outcome;
}

Result<void> Engine::preview(std::vector<core::ActionRun> const& runs) {
  std::vector<Previewed> previews;
  for (auto const& run : runs) {
    auto const task = TRY(reads_.run([&](storage::Transaction& tx) { return read_task(tx, run); }));
    previews.push_back({.run = run, .is_gone = task.is_gone});
    if (!task.is_gone) previews.back().outcome = TRY(execute(task));
  }
  return lanes_.run(runs.front().conversation.value,
                    [&](storage::Transaction& tx) { return settle_previews(tx, previews); });
}

Result<void> Engine::settle_previews(storage::Transaction& tx, std::vector<Previewed> const& previews) const {
  std::string items;
  std::size_t settled = 0;
  for (auto const& [run, is_gone, outcome] : previews) {
    auto const current = TRY(core::lock_run(tx, run.tenant, run.id));
    if (!current || current->state != core::RunState::pending) continue;
    bool const is_done = !is_gone && outcome.ending.is_done();
    TRY(core::settle_run(tx, run, is_done ? core::RunState::done : core::RunState::failed,
                         result_json(outcome, core::RunMode::preview)));
    // An edit in between has taken the program away: there is nothing to show a result of.
    if (is_gone || !TRY(core::find_code(tx, run))) continue;
    ++settled;
    auto const own = items_text(outcome.steps, core::RunMode::preview);
    items += items.empty() || own.empty() ? own : "," + own;
    if (!is_done) TRY(tell_failure(tx, run, outcome.ending.error));
    if (is_done && !outcome.needs_approval()) TRY(core::request_write(tx, run, {}));
  }
  if (settled == 0) return {};
  auto const& run = previews.front().run;
  return core::add_preview(tx, run.tenant, run.message, "[" + items + "]");
}

Result<void> Engine::write(core::ActionRun const& run) {
  for (int repeat = 0; repeat < kMaxRepeats; ++repeat) {
    auto const task = TRY(reads_.run([&](storage::Transaction& tx) { return read_task(tx, run); }));
    if (task.is_gone) return give_up(run, {}, "its code was edited or deleted");
    auto outcome = TRY(execute(task));
    if (!outcome.ending.is_done()) {
      auto const why = outcome.ending.error;
      return give_up(run, std::move(outcome), why);
    }
    if (!run.approved_by && outcome.needs_approval()) {
      return give_up(run, std::move(outcome), "what it does now needs an approval");
    }
    if (run.approved_by && plan_of(outcome.steps) != task.approved_plan) {
      return give_up(run, std::move(outcome), "what it does is not what was approved; send it again");
    }
    auto const settlement = TRY(
        lanes_.run(run.conversation.value, [&](storage::Transaction& tx) { return settle_write(tx, run, outcome); }));
    if (settlement.state == SettlementState::refused) return give_up(run, std::move(outcome), settlement.reason);
    if (settlement.state != SettlementState::stale) return {};
  }
  return give_up(run, {}, "others keep changing what it works on");
}

Result<void> Engine::give_up(core::ActionRun const& run, Outcome outcome, std::string_view why) {
  outcome.ending.error = why;
  return lanes_.run(run.conversation.value, [&](storage::Transaction& tx) -> Result<void> {
    auto const current = TRY(core::lock_run(tx, run.tenant, run.id));
    if (!current || current->state != core::RunState::pending) return {};
    TRY(core::settle_run(tx, run, core::RunState::failed, result_json(outcome, run.mode)));
    return tell_failure(tx, run, outcome.ending.error);
  });
}

}  // namespace parlance::actions
