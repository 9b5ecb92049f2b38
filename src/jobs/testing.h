#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/conversations.h"
#include "core/messages.h"
#include "core/tenants.h"
#include "core/users.h"
#include "jobs/worker.h"
#include "realtime/broker.h"
#include "realtime/presence.h"
#include "realtime/testing.h"
#include "storage/read_pool.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

/// A process in small: lanes, readers, broker and presence on a fresh database, one tenant, and a room of Anna and
/// Bert. The I/O thread is the test's own and runs inside eventually().
class JobsTest : public storage::EngineTest {
 protected:
  template <class T>
  static T unwrap(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

  /// The value of a verb that must succeed.
  template <class Verb>
  auto write(Verb verb) {
    return unwrap(lanes_->run(1, std::move(verb)));
  }
  template <class Verb>
  auto read(Verb verb) {
    return unwrap(reads_->run(std::move(verb)));
  }

  void SetUp() override {
    storage::EngineTest::SetUp();
    if (IsSkipped()) return;
    broker_.emplace(std::vector<Executor*>{&executor_});
    presence_.emplace(executor_, realtime::PresenceOptions{.grace = std::chrono::seconds(5)});
    storage::LaneOptions lane_options;
    lane_options.on_commit = [this](std::vector<model::LiveEvent> events) { broker_->publish(std::move(events)); };
    lanes_ = *storage::WriteLanes::open(*database(), std::move(lane_options));
    reads_ = *storage::ReadPool::open(*database());
    tenant_ = write([](storage::Transaction& tx) { return core::create_tenant(tx, {.name = "test"}); }).tenant.id;
    anna_ = person("anna");
    bert_ = person("bert");
    core::NewConversation room;
    room.members = {anna_.user, bert_.user};
    room_ = write([&](storage::Transaction& tx) { return core::create_conversation(tx, anna_, room); }).conversation.id;
  }

  void TearDown() override {
    if (worker_) worker_->stop();
    if (lanes_) lanes_->stop();
    if (reads_) reads_->stop();
    executor_.run();
  }

  void start(WorkerOptions options = {.retry = {.base = std::chrono::milliseconds(40), .max_attempts = 3}}) {
    worker_.emplace(*lanes_, *reads_, *broker_, *presence_, options);
    worker_->start();
  }

  core::Caller person(std::string const& name) {
    auto const user = write([&](storage::Transaction& tx) { return core::ensure_user(tx, tenant_, name); });
    return {.tenant = tenant_, .user = user.id, .external_id = name};
  }

  model::Message send(core::Caller const& caller, std::string text) {
    core::NewMessage const input{.conversation = room_, .text = std::move(text)};
    return write([&](storage::Transaction& tx) { return core::send_message(tx, caller, input); }).message;
  }

  void set_webhook(model::WebhookSettings webhook) {
    model::TenantSettings const settings{.webhook = std::move(webhook)};
    core::TenantChange const change{.settings = settings};
    write([&](storage::Transaction& tx) { return core::update_tenant(tx, tenant_, change); });
  }

  std::int64_t count(std::string const& sql) {
    return read([&](storage::Transaction& tx) {
      return tx.one(sql, {}, [](storage::Row const& row) { return row.integer(0); });
    });
  }

  /// True as soon as `is_so()` is, false when it is not for 10 seconds.
  template <class Condition>
  bool eventually(Condition is_so) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      executor_.run();
      if (is_so()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

  realtime::testing::ManualExecutor executor_;
  std::optional<realtime::Broker> broker_;
  std::optional<realtime::Presence> presence_;
  std::unique_ptr<storage::WriteLanes> lanes_;
  std::unique_ptr<storage::ReadPool> reads_;
  std::optional<Worker> worker_;
  TenantId tenant_;
  core::Caller anna_;
  core::Caller bert_;
  ConversationId room_;
};

}  // namespace parlance::jobs
