#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

namespace parlance::core {

/// A run of messages that one member has not been seen to receive.
struct MessageDelivery {
  std::int64_t id = 0;
  TenantId tenant;
  ConversationId conversation;
  UserId user;
  std::string external_id;
  std::int64_t first_seq = 0;
  std::int64_t last_seq = 0;
  std::int64_t attempts = 0;
  Timestamp last_attempt_at = 0;
  std::string last_error;
};

/// Opens deliveries of [first_seq, last_seq] for the given members, except for what each has acknowledged or sent.
Result<void> open_deliveries(storage::Transaction& tx, TenantId tenant, ConversationId id,
                             std::vector<UserId> const& users, std::int64_t first_seq, std::int64_t last_seq,
                             Timestamp run_at);

/// As take_jobs: due ones, leased until `lease_until`, an attempt counted.
Result<std::vector<MessageDelivery>> take_deliveries(storage::Transaction& tx, Timestamp due, Timestamp lease_until,
                                                     std::int64_t limit);

Result<void> finish_delivery(storage::Transaction& tx, std::int64_t id);
/// Until `run_at`, or dead where that is 0.
Result<void> fail_delivery(storage::Transaction& tx, std::int64_t id, std::string_view error, Timestamp run_at);

/// A user has come online and is sent what it missed: its open deliveries are over.
Result<void> finish_deliveries_of(storage::Transaction& tx, TenantId tenant, UserId user);

/// One message that could not be delivered.
struct FailedMessage {
  std::int64_t delivery = 0;
  MessageId message;
  std::string external_id;
  ConversationId conversation;
  std::int64_t attempts = 0;
  Timestamp last_attempt_at = 0;
  std::string error;
};
/// Dead deliveries, one entry per message that still exists, newest first, at most `limit`.
Result<std::vector<FailedMessage>> list_failed_messages(storage::Transaction& tx, TenantId tenant, std::int64_t limit);

/// Makes a dead delivery due now, with its attempts forgotten. not_found where there is none.
Result<void> redrive_delivery(storage::Transaction& tx, TenantId tenant, std::int64_t id);

Result<Timestamp> next_delivery_at(storage::Transaction& tx);

}  // namespace parlance::core
