#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "api/credentials.h"
#include "api/identity.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "core/credentials.h"
#include "realtime/hub.h"

namespace parlance::api {

/// Why a connection may go on no longer.
enum class IdentityEnd {
  expired,  ///< the credential's time is over
  revoked,  ///< the credential, its user or its tenant is there no more
};

/// Who a connection is with, for as long as it is open: the identity that it was opened with, as it is now. Before a
/// command the connection is what a request would be (renew()). Between commands a revoked token, by itself or handed
/// on by a single-use one, ends it at once, its time within the executor's resolution; what no event tells, within
/// kLookInterval. The hub's executor's thread.
class LiveIdentity final : public realtime::Subscriber, public std::enable_shared_from_this<LiveIdentity> {
 public:
  using OnEnd = std::function<void(IdentityEnd)>;

  static constexpr Timestamp kLookInterval = 5 * kMinute;

  /// `grace` is added to the credential's end.
  static std::shared_ptr<LiveIdentity> make(Authenticator& authenticator, realtime::Hub& hub, Identity identity,
                                            Timestamp grace = 0);

  /// Begins to look after it. `on_end` is called at most once, maybe within this call or renew().
  void watch(OnEnd on_end);
  /// Lets go; on_end is not called any more.
  void stop();

  /// As it was found last. Renewing replaces it: keep a copy over whatever is awaited.
  Identity const& current() const { return *identity_; }

  /// Brings it up to date, mostly from the authenticator's caches. unauthenticated where it has ended, and on_end has
  /// been called then; unavailable where the database is.
  static Task<Result<void>> renew(std::shared_ptr<LiveIdentity> self);

  /// The client has shown another credential of the same user.
  void extend(core::TokenGrant const& grant);
  /// Somebody who may has set another end (0 = none).
  void set_end(Timestamp ends_at);
  Timestamp ends_at() const { return ends_at_; }

 private:
  LiveIdentity(Authenticator& authenticator, realtime::Hub& hub, Identity identity, Timestamp grace);

  void on_event(realtime::Delivery const& delivery) override;
  void on_signal(realtime::SignalDelivery const&) override {}
  void on_doubt() override;

  void take(Result<Standing> const& standing);
  void look();
  void arm(Timestamp longest = kLookInterval);
  bool is_over() const;
  void end(IdentityEnd why);

  Authenticator& authenticator_;
  realtime::Hub& hub_;
  std::shared_ptr<Identity const> identity_;
  Timestamp const grace_;
  Timestamp ends_at_ = 0;
  Timestamp armed_for_ = 0;
  std::uint64_t renewals_ = 0;  ///< begun so far
  std::uint64_t renewal_ = 0;   ///< whose outcome identity_ is
  OnEnd on_end_;
  realtime::Subscription subscription_;
  bool has_ended_ = false;
};

}  // namespace parlance::api
