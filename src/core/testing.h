#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "core/conversations.h"
#include "core/messages.h"
#include "core/tenants.h"
#include "core/users.h"
#include "storage/testing.h"
#include "storage/write_lane.h"

namespace parlance::core {

/// For tests: a fresh database on each engine with one tenant, and short ways to run verbs in it.
class VerbsTest : public storage::EngineTest {
 protected:
  template <typename Verb>
  auto run(Verb verb) {
    return lanes_->run(0, std::move(verb));
  }

  /// The value, or a failed test and an exception.
  template <typename Verb>
  auto must(Verb verb) {
    auto result = run(std::move(verb));
    if (!result) throw std::runtime_error(describe(result.error()));
    return *std::move(result);
  }

  template <typename Verb>
  std::string error_of(Verb verb) {
    auto const result = run(std::move(verb));
    return result ? "no error" : describe(result.error());
  }

  static std::string describe(Error const& error) {
    return fmt::format("{} [{}] {}", static_cast<int>(error.code), error.field, error.message);
  }

  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    storage::LaneOptions options;
    options.on_commit = [this](std::vector<model::LiveEvent> events) {
      events_.with([&](auto& all) { all.insert(all.end(), events.begin(), events.end()); });
    };
    auto lanes = storage::WriteLanes::open(*database(), std::move(options));
    ASSERT_TRUE(lanes) << lanes.error().message;
    lanes_ = *std::move(lanes);
    tenant_ = must([](storage::Transaction& tx) { return create_tenant(tx, {.name = "test"}); }).tenant;
  }

  void TearDown() override { lanes_.reset(); }

  Caller user(std::string const& external_id) { return user_of(tenant_.id, external_id); }

  Caller user_of(TenantId tenant, std::string const& external_id) {
    auto const found = must([&](storage::Transaction& tx) { return ensure_user(tx, tenant, external_id); });
    return {.tenant = tenant, .user = found.id, .external_id = external_id, .role = found.role};
  }

  Caller backend() const { return {.tenant = tenant_.id, .is_backend = true}; }

  /// A group of the given callers, the first one its admin.
  ConversationId group(std::vector<Caller> const& callers, model::HistoryMode mode = model::HistoryMode::full) {
    NewConversation input;
    input.kind = model::ConversationKind::group;
    input.history_mode = mode;
    for (auto const& caller : callers) input.members.push_back(caller.user);
    return must([&](storage::Transaction& tx) { return create_conversation(tx, callers.front(), input); })
        .conversation.id;
  }

  model::Message send(Caller const& caller, ConversationId id, std::string const& text) {
    return must([&](storage::Transaction& tx) { return send_message(tx, caller, {.conversation = id, .text = text}); })
        .message;
  }

  /// What has been announced since the last call.
  std::vector<model::LiveEvent> take_events() {
    return events_.with([](auto& all) { return std::exchange(all, {}); });
  }

  TenantId tenant() const { return tenant_.id; }
  storage::WriteLanes& lanes() { return *lanes_; }

 private:
  Guarded<std::vector<model::LiveEvent>> events_;
  std::unique_ptr<storage::WriteLanes> lanes_;
  model::Tenant tenant_;
};

}  // namespace parlance::core
