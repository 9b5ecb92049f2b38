#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/message.h"
#include "storage/transaction.h"

/// Runs of the programs in messages. A program runs once in each mode at most: its row is made in the transaction of
/// the message that asks for it, and is settled in the transaction that holds everything the run did.
namespace parlance::core {

/// The numbers are stored.
enum class RunMode { preview = 0, write = 1 };
enum class RunState { pending = 0, done = 1, failed = 2 };

/// Jobs that run what is pending; payload {"conversation":<id>,"message":<id>}.
inline constexpr std::string_view kActionJob = "action";

/// How long after its preview a program can be approved.
inline constexpr Timestamp kApprovalPeriod = 30 * kDay;

/// Of one tenant. More are refused: rate_limited.
inline constexpr std::size_t kMaxWaitingRuns = 200;

struct ActionRun {
  std::int64_t id = 0;
  TenantId tenant;
  ConversationId conversation;
  MessageId message;
  std::int64_t block = 0;  ///< among the message's codeaction blocks
  std::string digest;      ///< SHA-256 of the code
  RunMode mode = RunMode::preview;
  RunState state = RunState::pending;
  UserId requested_by;  ///< who has sent the code
  UserId approved_by;   ///< none where nobody had to
  Timestamp expires_at = 0;
  std::string result;  ///< JSON; see src/actions/outcome.h
  Timestamp created_at = 0;
};

/// Asks for previews of the message's programs. rate_limited where too many runs are waiting.
Result<void> request_previews(storage::Transaction& tx, model::Message const& message,
                              std::vector<std::string> const& code);

/// Asks for the write run of a program whose preview is done. `approver` is none where nothing had to be approved: then
/// the job that has made the preview goes on with it; otherwise rate_limited as above.
Result<void> request_write(storage::Transaction& tx, ActionRun const& preview, UserId approver);

/// The preview of the last program in the conversation that the caller can see. invalid_argument on "text" where there
/// is none; conflict, saying why, where it cannot be approved: edited, not previewed, failed, expired, or run already.
Result<ActionRun> find_approvable(storage::Transaction& tx, Encounter const& encounter);

/// The message's runs that are waiting, in the order they are to run in.
Result<std::vector<ActionRun>> list_pending_runs(storage::Transaction& tx, TenantId tenant, MessageId message);

/// Whether anything in the conversation is waiting.
Result<bool> has_pending_runs(storage::Transaction& tx, TenantId tenant, ConversationId conversation);

/// The run as it is now; on PostgreSQL locked until the end of the transaction.
Result<std::optional<ActionRun>> lock_run(storage::Transaction& tx, TenantId tenant, std::int64_t id);

/// The run of the same program in the other mode.
Result<std::optional<ActionRun>> find_run(storage::Transaction& tx, TenantId tenant, MessageId message,
                                          std::int64_t block, RunMode mode);

/// The program of a run; empty where the message was deleted or the program edited since.
Result<std::optional<std::string>> find_code(storage::Transaction& tx, ActionRun const& run);

Result<void> settle_run(storage::Transaction& tx, ActionRun const& run, RunState state, std::string_view result);

}  // namespace parlance::core
