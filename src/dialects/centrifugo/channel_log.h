#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "dialects/centrifugo/channels.h"
#include "model/conversation.h"
#include "model/event.h"
#include "storage/transaction.h"

/// The log behind a channel: a conversation's, a user's own, or a stream of the tenant's naming. Blocking; on a
/// database thread.
namespace parlance::centrifugo {

struct ChannelLog {
  model::Conversation conversation;
  std::int64_t hidden_through = 0;  ///< messages with a seq up to this are not for the caller
};

/// The log, where the caller may read it. Empty where it does not exist yet (user and custom channels only); not_found
/// or forbidden where it is not for the caller.
Result<std::optional<ChannelLog>> find_log(storage::Transaction& tx, core::Caller const& caller,
                                           ChannelName const& name);

/// The same, made now where it may be.
Result<ChannelLog> open_log(storage::Transaction& tx, core::Caller const& caller, ChannelName const& name);

/// True for what happened to messages that the caller may not see.
bool is_hidden(model::Event const& event, std::int64_t hidden_through);

/// A place as a client names it. Epochs are text there; one that is not ours matches nothing.
struct ClientPosition {
  std::uint64_t offset = 0;
  std::string epoch;
};

struct LogPage {
  std::vector<std::string> publications;  ///< in the order asked for
  std::int64_t epoch = 0;
  std::int64_t offset = 0;        ///< of the log when it was read
  std::int64_t read_through = 0;  ///< the last offset that was looked at: the same as `offset` where all were
  bool is_recoverable = true;     ///< false where the log does not reach from the position asked for to its end
};

/// What lies above a position, at most kMaxPublications and kMaxPublicationBytes of it.
Result<LogPage> read_missed(storage::Transaction& tx, ChannelLog const& log, ClientPosition const& since);

struct HistoryWish {
  std::int64_t limit = 0;  ///< 0: only the position
  std::optional<ClientPosition> since;
  bool is_reverse = false;  ///< newest first
};
Result<LogPage> read_history(storage::Transaction& tx, ChannelLog const& log, HistoryWish const& wish);

}  // namespace parlance::centrifugo
