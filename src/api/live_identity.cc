#include "api/live_identity.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace parlance::api {
namespace {

constexpr Timestamp kWaitAfterFailure = kSecond;

}  // namespace

std::shared_ptr<LiveIdentity> LiveIdentity::make(Authenticator& authenticator, realtime::Hub& hub, Identity identity,
                                                 Timestamp grace) {
  // Not make_shared: a timer's weak pointer would keep the memory of all of it until it fires.
  return std::shared_ptr<LiveIdentity>(new LiveIdentity(authenticator, hub, std::move(identity), grace));
}

LiveIdentity::LiveIdentity(Authenticator& authenticator, realtime::Hub& hub, Identity identity, Timestamp grace)
    : authenticator_(authenticator),
      hub_(hub),
      identity_(std::make_shared<Identity const>(std::move(identity))),
      grace_(grace),
      ends_at_(identity_->expires_at) {}

void LiveIdentity::watch(OnEnd on_end) {
  on_end_ = std::move(on_end);
  auto const& caller = identity_->caller;
  subscription_ = hub_.subscribe_user(caller.tenant, caller.user, *this);
  arm();
  look();  // It may have changed since it was found.
}

void LiveIdentity::stop() {
  has_ended_ = true;
  on_end_ = nullptr;
  subscription_.cancel();
}

Task<Result<void>> LiveIdentity::renew(std::shared_ptr<LiveIdentity> self) {
  if (self->is_over()) self->end(IdentityEnd::expired);
  if (self->has_ended_) co_return fail(Errc::unauthenticated, "the credential has ended");
  auto const renewal = ++self->renewals_;
  auto standing = co_await self->authenticator_.standing(self->identity_, self->hub_.executor());
  // One that began later knows better.
  bool const has_found_out = standing || standing.error().code == Errc::unauthenticated;
  if (has_found_out && self->renewal_ < renewal) {
    self->renewal_ = renewal;
    self->take(standing);
  }
  if (self->has_ended_) co_return fail(Errc::unauthenticated, "the credential has ended");
  if (!standing) co_return std::unexpected(std::move(standing).error());
  co_return Result<void>();
}

void LiveIdentity::take(Result<Standing> const& standing) {
  if (has_ended_) return;
  if (!standing) return end(IdentityEnd::revoked);
  if (standing->tenant == identity_->tenant && standing->role == identity_->caller.role) return;
  auto identity = *identity_;
  identity.tenant = standing->tenant;
  identity.caller.role = standing->role;
  identity_ = std::make_shared<Identity const>(std::move(identity));
}

void LiveIdentity::extend(core::TokenGrant const& grant) {
  auto identity = *identity_;
  identity.token = grant.token;
  identity.expires_at = grant.expires_at;
  identity_ = std::make_shared<Identity const>(std::move(identity));
  renewal_ = ++renewals_;  // What is being found out is of the credential before.
  set_end(grant.expires_at);
  look();
}

void LiveIdentity::set_end(Timestamp ends_at) {
  ends_at_ = ends_at;
  arm();
}

void LiveIdentity::on_event(realtime::Delivery const& delivery) {
  if (delivery->event.kind == model::EventKind::user_changed) look();
}

void LiveIdentity::on_doubt() { look(); }

void LiveIdentity::look() {
  spawn([](std::shared_ptr<LiveIdentity> self) -> Task<void> {
    auto const outcome = co_await renew(self);
    if (!outcome) self->arm(kWaitAfterFailure);
  }(shared_from_this()));
}

/// The wait is bounded, so that a closed connection's does not stay for as long as a credential is good.
void LiveIdentity::arm(Timestamp longest) {
  auto const time = now();
  auto const look_at = time + longest;
  auto const next = ends_at_ == 0 ? look_at : std::min(look_at, ends_at_ + grace_);
  if (has_ended_ || (armed_for_ > time && armed_for_ <= next)) return;
  armed_for_ = next;
  // Rounded up, so that it is over then.
  auto const delay = std::chrono::milliseconds(std::max<std::int64_t>(0, (next - time + 999) / 1000));
  hub_.executor().call_after(delay, [weak = weak_from_this(), next] {
    auto const self = weak.lock();
    if (!self || self->has_ended_ || self->armed_for_ != next) return;
    self->armed_for_ = 0;
    self->look();
    self->arm();
  });
}

bool LiveIdentity::is_over() const { return ends_at_ != 0 && ends_at_ + grace_ <= now(); }

void LiveIdentity::end(IdentityEnd why) {
  if (has_ended_) return;
  auto const on_end = std::exchange(on_end_, nullptr);
  stop();
  if (on_end) on_end(why);
}

}  // namespace parlance::api
