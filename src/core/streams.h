#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "model/conversation.h"
#include "storage/transaction.h"

/// Conversations of kind stream: a log of events under a name of the tenant's own, in no list and without members.
namespace parlance::core {

/// The stream of that name; empty where there is none, also where the name is another kind of conversation's key.
Result<std::optional<model::Conversation>> find_stream(storage::Transaction& tx, TenantId tenant, std::string_view key);

/// The same, made now where there is none. conflict where the name is another kind of conversation's key.
Result<model::Conversation> open_stream(storage::Transaction& tx, TenantId tenant, std::string_view key);

/// Where a publication has come to lie; offset 0 where it was not stored.
struct StreamPlace {
  std::int64_t offset = 0;
  std::int64_t epoch = 0;
};

struct NewPublication {
  std::string_view key;   ///< the stream's name
  std::string_view body;  ///< {"data": …, "tags": …}
  bool is_stored = true;  ///< otherwise it goes only to whoever is there now
  std::string_view idempotency_key;
};

/// How long an idempotency key is remembered, for each stream.
inline constexpr Timestamp kPublicationKeyLifetime = 5 * kMinute;

/// Appends a publication. The same idempotency key within its lifetime gives the first place again and publishes
/// nothing.
Result<StreamPlace> publish(storage::Transaction& tx, TenantId tenant, NewPublication const& input);

/// Forgets what was published: positions before now cannot be resumed from.
Result<void> clear_stream(storage::Transaction& tx, TenantId tenant, ConversationId stream);

}  // namespace parlance::core
