#include "dialects/chatapi/presence_announcer.h"

#include <memory>

#include "base/log.h"
#include "core/members.h"
#include "realtime/broker.h"
#include "realtime/presence.h"

namespace parlance::chatapi {
namespace {

realtime::Signal signal_of(realtime::PresenceChange const& change) {
  realtime::Signal signal;
  signal.tenant = change.tenant;
  signal.kind = change.step == realtime::PresenceStep::offline ? realtime::SignalKind::user_offline
                                                               : realtime::SignalKind::user_online;
  signal.actor = change.user;
  signal.actor_external_id = change.external_id;
  signal.at = change.at;
  return signal;
}

void announce(api::Services& services, realtime::PresenceChange const& change) {
  auto const signal = std::make_shared<realtime::Signal>(signal_of(change));
  services.reads.submit(
      [signal](storage::Transaction& tx) -> Result<void> {
        signal->conversations = TRY(core::list_joined_ids(tx, signal->tenant, signal->actor));
        return {};
      },
      [&services, signal](Result<void> outcome) {
        if (!outcome) return log::warn("a change of presence is not announced: {}", outcome.error().message);
        if (!signal->conversations.empty()) services.broker.send(std::move(*signal));
      });
}

}  // namespace

void announce_presence(api::Services& services) {
  services.presence.on_change([&services](realtime::PresenceChange const& change) {
    if (change.step != realtime::PresenceStep::connected) announce(services, change);
  });
}

}  // namespace parlance::chatapi
