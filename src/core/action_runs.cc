#include "core/action_runs.h"

#include <fmt/format.h>

#include "base/crypto.h"
#include "core/job_queue.h"

namespace parlance::core {

namespace {

constexpr int kRetrySeconds = 5;

constexpr std::string_view kColumns =
    "r.id, r.tenant_id, r.conversation_id, r.message_id, r.block, r.code_digest, r.mode, r.state, r.requested_by,"
    " r.approved_by, r.expires_at, r.result, r.created_at";

ActionRun run_from(storage::Row const& row) {
  ActionRun run;
  run.id = row.integer(0);
  run.tenant = row.id<TenantId>(1);
  run.conversation = row.id<ConversationId>(2);
  run.message = row.id<MessageId>(3);
  run.block = row.integer(4);
  run.digest = row.bytes(5);
  run.mode = row.as<RunMode>(6);
  run.state = row.as<RunState>(7);
  run.requested_by = row.id<UserId>(8);
  run.approved_by = row.id<UserId>(9);
  run.expires_at = row.integer(10);
  run.result = row.text(11);
  run.created_at = row.integer(12);
  return run;
}

Result<void> insert_run(storage::Transaction& tx, ActionRun const& run) {
  TRY(
      tx.execute("INSERT INTO action_runs (tenant_id, conversation_id, message_id, block, code_digest, mode, state,"
                 " requested_by, approved_by, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
                 " $11)",
                 {run.tenant, run.conversation, run.message, run.block, storage::Bytes{run.digest}, run.mode,
                  RunState::pending, run.requested_by, run.approved_by, run.expires_at, tx.now()}));
  return {};
}

Result<void> queue_runs(storage::Transaction& tx, TenantId tenant, ConversationId conversation, MessageId message) {
  auto const payload = fmt::format(R"({{"conversation":{},"message":{}}})", conversation.value, message.value);
  TRY(add_job(tx, tenant, kActionJob, payload, tx.now()));
  return {};
}

/// One tenant's endless programs are not to keep those of all others waiting.
Result<void> check_room(storage::Transaction& tx, TenantId tenant, std::size_t more) {
  auto const waiting = TRY(tx.one(
      "SELECT COUNT(*) FROM (SELECT 1 AS one FROM action_runs WHERE tenant_id = $1 AND state = 0 LIMIT $2) w",
      {tenant, kMaxWaitingRuns}, [](storage::Row const& row) { return static_cast<std::size_t>(row.integer(0)); }));
  if (waiting + more <= kMaxWaitingRuns) return {};
  return std::unexpected(
      Error{Errc::rate_limited, "too many programs are waiting to run; try again in a moment", {}, kRetrySeconds});
}

struct LastProgram {
  MessageId message;
  std::int64_t block = 0;
  std::string digest;
};

Result<std::optional<LastProgram>> find_last_program(storage::Transaction& tx, Encounter const& encounter) {
  return tx.first(
      "SELECT message_id, block, code FROM message_code WHERE tenant_id = $1 AND conversation_id = $2 AND seq > $3"
      " ORDER BY seq DESC, block DESC LIMIT 1",
      {encounter.conversation.tenant, encounter.conversation.id, hidden_through(encounter)},
      [](storage::Row const& row) { return LastProgram{row.id<MessageId>(0), row.integer(1), sha256(row.text(2))}; });
}

std::unexpected<Error> refuse(std::string message) { return fail(Errc::conflict, std::move(message), "text"); }

}  // namespace

Result<void> request_previews(storage::Transaction& tx, model::Message const& message,
                              std::vector<std::string> const& code) {
  TRY(check_room(tx, message.tenant, code.size()));
  for (std::size_t block = 0; block < code.size(); ++block) {
    TRY(insert_run(tx, {.tenant = message.tenant,
                        .conversation = message.conversation,
                        .message = message.id,
                        .block = static_cast<std::int64_t>(block),
                        .digest = sha256(code[block]),
                        .mode = RunMode::preview,
                        .requested_by = message.sender,
                        .expires_at = tx.now() + kApprovalPeriod}));
  }
  return queue_runs(tx, message.tenant, message.conversation, message.id);
}

Result<void> request_write(storage::Transaction& tx, ActionRun const& preview, UserId approver) {
  if (approver) TRY(check_room(tx, preview.tenant, 1));
  auto run = preview;
  run.mode = RunMode::write;
  run.approved_by = approver;
  TRY(insert_run(tx, run));
  if (!approver) return {};
  return queue_runs(tx, run.tenant, run.conversation, run.message);
}

Result<ActionRun> find_approvable(storage::Transaction& tx, Encounter const& encounter) {
  auto const tenant = encounter.conversation.tenant;
  auto const program = TRY(find_last_program(tx, encounter));
  if (!program) return invalid("text", "there is no codeaction to approve in this conversation");
  if (TRY(find_run(tx, tenant, program->message, program->block, RunMode::write))) {
    return refuse("the last codeaction has been run already");
  }
  auto const preview = TRY(find_run(tx, tenant, program->message, program->block, RunMode::preview));
  if (!preview || preview->digest != program->digest) {
    return refuse("the last codeaction was edited after its preview; send it again as a new message");
  }
  switch (preview->state) {
    case RunState::pending: return refuse("the last codeaction has not been previewed yet");
    case RunState::failed: return refuse("the last codeaction failed in its preview");
    case RunState::done: break;
  }
  if (preview->expires_at <= tx.now()) return refuse("the preview has expired; send the codeaction again");
  return *preview;
}

Result<std::vector<ActionRun>> list_pending_runs(storage::Transaction& tx, TenantId tenant, MessageId message) {
  return tx.all(fmt::format("SELECT {} FROM action_runs r WHERE r.tenant_id = $1 AND r.message_id = $2 AND r.state = 0"
                            " ORDER BY r.mode, r.block",
                            kColumns),
                {tenant, message}, run_from);
}

Result<bool> has_pending_runs(storage::Transaction& tx, TenantId tenant, ConversationId conversation) {
  auto const found =
      TRY(tx.first("SELECT id FROM action_runs WHERE tenant_id = $1 AND conversation_id = $2 AND state = 0 LIMIT 1",
                   {tenant, conversation}, [](storage::Row const& row) { return row.integer(0); }));
  return found.has_value();
}

Result<std::optional<ActionRun>> lock_run(storage::Transaction& tx, TenantId tenant, std::int64_t id) {
  auto sql = fmt::format("SELECT {} FROM action_runs r WHERE r.tenant_id = $1 AND r.id = $2", kColumns);
  if (tx.engine() == storage::Engine::postgres) sql += " FOR UPDATE";
  return tx.first(sql, {tenant, id}, run_from);
}

Result<std::optional<ActionRun>> find_run(storage::Transaction& tx, TenantId tenant, MessageId message,
                                          std::int64_t block, RunMode mode) {
  return tx.first(fmt::format("SELECT {} FROM action_runs r WHERE r.tenant_id = $1 AND r.message_id = $2"
                              " AND r.block = $3 AND r.mode = $4",
                              kColumns),
                  {tenant, message, block, mode}, run_from);
}

Result<std::optional<std::string>> find_code(storage::Transaction& tx, ActionRun const& run) {
  auto code = TRY(tx.first("SELECT code FROM message_code WHERE tenant_id = $1 AND message_id = $2 AND block = $3",
                           {run.tenant, run.message, run.block},
                           [](storage::Row const& row) { return std::string(row.text(0)); }));
  if (code && sha256(*code) != run.digest) return std::nullopt;
  return code;
}

Result<void> settle_run(storage::Transaction& tx, ActionRun const& run, RunState state, std::string_view result) {
  TRY(tx.execute("UPDATE action_runs SET state = $3, result = $4, finished_at = $5 WHERE tenant_id = $1 AND id = $2",
                 {run.tenant, run.id, state, result, tx.now()}));
  return {};
}

}  // namespace parlance::core
