#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/realtime_tokens.h"
#include "base/task.h"
#include "dialects/centrifugo/channel_log.h"
#include "dialects/centrifugo/client.h"
#include "dialects/centrifugo/outcome.h"
#include "dialects/centrifugo/replies.h"

namespace parlance::centrifugo {

/// What a subscription is to be. The client may be in its channel because of its token, or the backend's word, or
/// because its user may see what is behind the channel.
struct SubscriptionWish {
  std::string channel;
  bool is_server_side = false;
  bool is_granted = false;  ///< by the tenant's backend: whether the user may see it is not asked
  bool has_token = false;
  Timestamp ends_at = 0;
  api::ChannelOverrides overrides;
  bool wants_join_leave = false;
  std::optional<ClientPosition> since;  ///< what came after this is wanted
};

/// Opens a channel, or says why not. On success the client is in it, and what comes after the result's offset follows
/// by itself.
Task<Outcome<SubscribeResult>> open_channel(Client& client, SubscriptionWish wish);

/// Reads a subscription token for `channel` into the wish. Expired: error 109; of another user or channel: the
/// connection ends; otherwise bad: error 103.
Task<Outcome<SubscriptionWish>> apply_token(Client& client, SubscriptionWish wish, std::string token);

/// Ends the subscriptions of chats that the user may not see any more, and of the status of those with whom it shares
/// none any more. Until that is known nothing of any chat is passed on.
Task<void> recheck_channels(std::shared_ptr<Client> client);

}  // namespace parlance::centrifugo
