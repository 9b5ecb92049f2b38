#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "core/dispatch.h"
#include "storage/transaction.h"

namespace parlance::core {

/// A message that may hold links, in the state that the links were found in.
struct LinkSource {
  MessageId message;
  std::string text;
  Timestamp edited_at = 0;
};

/// Messages of [due.first_seq, through_seq] whose text may hold a link; with the last of them also those that were
/// edited since side effects were derived last. No tombstones.
Result<std::vector<LinkSource>> list_link_sources(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                                  DueMessages const& due, std::int64_t through_seq);

/// Attaches previews (a JSON array) to a message, and appends message_previewed. False, and nothing done, where the
/// message is gone, was edited since, or has these previews already.
Result<bool> set_previews(storage::Transaction& tx, TenantId tenant, MessageId id, Timestamp edited_at,
                          std::string_view previews);

}  // namespace parlance::core
