#include "api/live_identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/tenants.h"
#include "core/users.h"
#include "outbound/http_client.h"
#include "realtime/broker.h"
#include "realtime/testing.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::api {
namespace {

using core::TokenUse;
using storage::Transaction;

/// An executor that remembers the longest wait it was asked for.
class MeasuringExecutor final : public Executor {
 public:
  void post(Action action) override { turned.post(std::move(action)); }
  void call_after(std::chrono::milliseconds delay, Action action) override {
    longest = std::max(longest, delay);
    turned.call_after(delay, std::move(action));
  }
  bool is_current() const override { return true; }

  realtime::testing::ManualExecutor turned;
  std::chrono::milliseconds longest{0};
};

/// Alice's connection, opened with a token of hers.
class LiveIdentityTest : public storage::EngineTest {
 protected:
  template <class Verb>
  auto write(Verb verb) {
    auto result = lanes_->run(1, std::move(verb));
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<typename decltype(result)::value_type>) return *std::move(result);
  }

  void SetUp() override {
    storage::EngineTest::SetUp();
    if (IsSkipped()) return;
    broker_.emplace(std::vector<Executor*>{&executor_});
    storage::LaneOptions options;
    options.on_commit = [this](std::vector<model::LiveEvent> events) { broker_->publish(std::move(events)); };
    lanes_ = *storage::WriteLanes::open(*database(), std::move(options));
    reads_ = *storage::ReadPool::open(*database());
    authenticator_.emplace(AuthenticatorOptions(), *lanes_, *reads_, *broker_, client_);
    tenant_ = write([](Transaction& tx) { return core::create_tenant(tx, {.name = "test"}); }).tenant.id;
  }

  void TearDown() override {
    if (identity_) identity_->stop();
    if (lanes_) lanes_->stop();
    if (reads_) reads_->stop();
    executor_.turned.run();
  }

  void open(Timestamp lifetime) {
    auto const issued = write([&](Transaction& tx) -> Result<core::IssuedToken> {
      auto const alice = TRY(core::ensure_user(tx, tenant_, "alice"));
      return core::issue_token(tx, tenant_, alice.id, lifetime, "", TokenUse::repeated);
    });
    token_ = issued.id;
    std::optional<Result<Identity>> found;
    spawn([](Authenticator& by, std::string bearer, Executor& on, std::optional<Result<Identity>>& out) -> Task<void> {
      out = co_await by.resolve({.api_key = "", .user_id = "", .bearer = std::move(bearer)}, on);
    }(*authenticator_, issued.token, executor_, found));
    until([&] { return found.has_value(); });
    identity_ = LiveIdentity::make(*authenticator_, broker_->hub(executor_), std::move(*found).value());
    identity_->watch([this](IdentityEnd why) { ends_ += why == IdentityEnd::expired ? "expired " : "revoked "; });
  }

  /// What a command would find: its user's role, or that it has ended.
  std::string command() {
    std::optional<Result<void>> outcome;
    spawn([](std::shared_ptr<LiveIdentity> of, std::optional<Result<void>>& out) -> Task<void> {
      out = co_await LiveIdentity::renew(std::move(of));
    }(identity_, outcome));
    until([&] { return outcome.has_value(); });
    return *outcome ? std::string(core::role_name(identity_->current().caller.role)) : outcome->error().message;
  }

  void until(std::function<bool()> const& condition) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      executor_.turned.run();
      if (condition()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    throw std::runtime_error("it did not come to pass");
  }

  MeasuringExecutor executor_;
  outbound::HttpClient client_;
  std::optional<realtime::Broker> broker_;
  std::unique_ptr<storage::WriteLanes> lanes_;
  std::unique_ptr<storage::ReadPool> reads_;
  std::optional<Authenticator> authenticator_;
  TenantId tenant_;
  TokenId token_;
  std::shared_ptr<LiveIdentity> identity_;
  std::string ends_;
};

PARLANCE_TEST_ON_EVERY_ENGINE(LiveIdentityTest);

TEST_P(LiveIdentityTest, HasTheRoleThatItsUserHasNow) {
  open(0);
  EXPECT_EQ(command(), "member");
  write([&](Transaction& tx) { return core::put_user(tx, tenant_, "alice", {.role = model::TenantRole::guest}); });
  EXPECT_EQ(command(), "guest");
  EXPECT_EQ(ends_, "");
}

TEST_P(LiveIdentityTest, EndsOnceWhenItsTokenIsRevokedThoughNothingIsAsked) {
  open(0);
  write([&](Transaction& tx) { return core::revoke_token(tx, tenant_, token_); });
  until([&] { return !ends_.empty(); });
  EXPECT_EQ(command(), "the credential has ended");
  EXPECT_EQ(ends_, "revoked ");
}

TEST_P(LiveIdentityTest, EndsWithItsTimeUnlessAnotherIsSet) {
  open(300'000);
  identity_->set_end(now() + kMinute);
  std::this_thread::sleep_for(std::chrono::milliseconds(320));
  EXPECT_EQ(command(), "member");
  identity_->set_end(now() - 1);
  executor_.turned.advance(std::chrono::milliseconds(100));
  EXPECT_EQ(ends_, "expired ");
}

TEST_P(LiveIdentityTest, WaitsAFewMinutesAtATimeSoThatNothingOfItStaysForAYear) {
  open(365 * kDay);
  command();
  EXPECT_EQ(executor_.longest, std::chrono::minutes(5));
  EXPECT_EQ(executor_.turned.waiting_timers(), 1U);
  executor_.turned.advance(std::chrono::minutes(12));
  EXPECT_EQ(executor_.turned.waiting_timers(), 1U);
  command();
  identity_->stop();
  std::weak_ptr const left = identity_;
  identity_.reset();
  EXPECT_TRUE(left.expired());
  executor_.turned.advance(std::chrono::minutes(6));
  EXPECT_EQ(executor_.turned.waiting_timers(), 0U);
}

}  // namespace
}  // namespace parlance::api
