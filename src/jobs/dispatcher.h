#pragma once

#include "base/result.h"
#include "jobs/retry.h"
#include "model/job.h"
#include "realtime/presence.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

/// What becomes of links in messages.
enum class Links { unfurl, leave };

/// Jobs of kind "dispatch", payload {"conversation": id}: what the newest messages of a conversation entail for those
/// who are not connected. Opens a delivery for each of them, queues their webhooks where the tenant and their own
/// preferences (core/notices.h) want them, and has links looked at, those of edited messages too. Each message is
/// dispatched exactly once, whatever crashes.
class Dispatcher {
 public:
  static constexpr char const* kKind = "dispatch";

  Dispatcher(storage::WriteLanes& lanes, realtime::Presence const& presence, RetryOptions retry, Links links)
      : lanes_(lanes), presence_(presence), retry_(retry), links_(links) {}

  Result<void> run(model::Job const& job) const;

 private:
  enum class Progress { all, some };

  Result<Progress> dispatch_some(storage::Transaction& tx, TenantId tenant, ConversationId conversation) const;

  storage::WriteLanes& lanes_;
  realtime::Presence const& presence_;
  RetryOptions const retry_;
  Links const links_;
};

}  // namespace parlance::jobs
