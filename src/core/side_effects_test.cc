#include "core/credentials.h"
#include "core/deliveries.h"
#include "core/idempotency.h"
#include "core/job_queue.h"
#include "core/notifications.h"
#include "core/reads.h"
#include "core/spaces.h"
#include "core/subscriptions.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

class SideEffectsTest : public VerbsTest {
 protected:
  static constexpr Timestamp kFar = 4'000'000'000'000'000;

  std::string jobs() {
    std::string text;
    for (auto const& job :
         must([&](Transaction& tx) { return take_jobs(tx, kFar, kFar + kHour, 10, {"dispatch", "summarize"}); })) {
      text += fmt::format("{} {} #{};", job.kind, job.payload, job.attempts);
    }
    return text;
  }
};

PARLANCE_TEST_ON_EVERY_ENGINE(SideEffectsTest);

TEST_P(SideEffectsTest, QueuesOneDispatchPerConversationHoweverManyMessages) {
  auto const alice = user("alice");
  jobs();
  auto const room = group({alice});
  for (int i = 0; i < 5; ++i) send(alice, room, "x");
  EXPECT_EQ(jobs(), fmt::format(R"(dispatch {{"conversation":{}}} #1;)", room.value));
}

TEST_P(SideEffectsTest, LeasesJobsAndKeepsDeadOnes) {
  auto const id = must([&](Transaction& tx) { return add_job(tx, tenant(), "test", "{}", 1); });
  auto const take = [&](Timestamp due, Timestamp lease) {
    return must([&](Transaction& tx) { return take_jobs(tx, due, lease, 100, {"test"}); }).size();
  };
  EXPECT_EQ(take(10, 1000), 1U);
  EXPECT_EQ(take(20, 1000), 0U);
  EXPECT_EQ(take(1000, 2000), 1U);
  must([&](Transaction& tx) { return fail_job(tx, id, "HTTP 500", 0); });
  EXPECT_EQ(take(5000, 6000), 0U);
  auto const dead = must([&](Transaction& tx) { return list_dead_jobs(tx, tenant(), "test", 10); });
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].attempts, 2);
  EXPECT_EQ(dead[0].last_error, "HTTP 500");
  EXPECT_EQ(error_of([&](Transaction& tx) { return redrive_job(tx, TenantId{99}, id); }), "3 [] no such dead letter");
  must([&](Transaction& tx) { return redrive_job(tx, tenant(), id); });
  EXPECT_EQ(take(kFar, kFar + 1), 1U);
  must([&](Transaction& tx) { return finish_job(tx, id); });
}

TEST_P(SideEffectsTest, KeepsMissedMessagesAsRunsUntilAcknowledged) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  for (int i = 0; i < 3; ++i) send(alice, room, fmt::format("m{}", i));
  must([&](Transaction& tx) { return open_deliveries(tx, tenant(), room, {bob.user}, 1, 3, 5); });
  must([&](Transaction& tx) { return open_deliveries(tx, tenant(), room, {bob.user}, 1, 3, 5); });
  auto const taken = must([&](Transaction& tx) { return take_deliveries(tx, 10, 1000, 10); });
  ASSERT_EQ(taken.size(), 1U);
  must([&](Transaction& tx) { return fail_delivery(tx, taken[0].id, "user offline", 0); });
  auto const failed = must([&](Transaction& tx) { return list_failed_messages(tx, tenant(), 10); });
  ASSERT_EQ(failed.size(), 3U);
  EXPECT_EQ(failed[0].external_id + " " + failed[0].error, "bob user offline");
  must([&](Transaction& tx) { return acknowledge(tx, bob, room, 3); });
  EXPECT_TRUE(must([&](Transaction& tx) { return list_failed_messages(tx, tenant(), 10); }).empty());
}

TEST_P(SideEffectsTest, NotifiesTheUnionOfAllTargetsOnce) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  must([&](Transaction& tx) { return subscribe(tx, bob, "order.shipped"); });
  NewNotification const input{
      .topic = "order.shipped", .payload = "{}", .user_ids = {"bob", "carol"}, .room = room, .topic_subscribers = true};
  auto const notification = must([&](Transaction& tx) { return create_notification(tx, alice, input); });
  auto taken = must([&](Transaction& tx) { return take_notification_deliveries(tx, kFar, kFar + kHour, 10); });
  std::ranges::sort(taken, {}, &model::NotificationDelivery::external_id);
  std::string names;
  for (auto const& delivery : taken) names += delivery.external_id + " ";
  EXPECT_EQ(names, "alice bob carol ");
  must([&](Transaction& tx) -> Result<void> {
    TRY(finish_notification_delivery(tx, tenant(), notification.id, taken[0].user));
    TRY(fail_notification_delivery(tx, tenant(), notification.id, taken[1].user, "user offline", 0));
    return finish_notification_delivery(tx, tenant(), notification.id, taken[2].user);
  });
  auto const failed = must([&](Transaction& tx) { return list_failed_notifications(tx, tenant(), 10); });
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].external_id, "bob");
  must([&](Transaction& tx) { return redrive_notification(tx, tenant(), notification.id); });
  EXPECT_TRUE(must([&](Transaction& tx) { return list_failed_notifications(tx, tenant(), 10); }).empty());
}

TEST_P(SideEffectsTest, StoresAnAnswerUnderItsKeyAndFingerprint) {
  auto const alice = user("alice");
  auto const find = [&](std::string_view fingerprint) {
    return run([&](Transaction& tx) { return find_answer(tx, alice, "k", fingerprint); });
  };
  EXPECT_FALSE(find("one")->has_value());
  must([&](Transaction& tx) { return store_answer(tx, alice, "k", "one", {201, "application/json", "{}"}); });
  EXPECT_EQ(find("one")->value().status, 201);
  EXPECT_EQ(find("two").error().code, Errc::idempotency_mismatch);
  EXPECT_EQ(run([&](Transaction& tx) { return store_answer(tx, alice, "k", "one", {201, "application/json", "{}"}); })
                .error()
                .code,
            Errc::conflict);
  EXPECT_EQ(must([&](Transaction& tx) { return trim_answers(tx, tx.now() + 1); }), 1);
}

TEST_P(SideEffectsTest, SpendsASingleUseTokenOnce) {
  auto const alice = user("alice");
  auto const issued =
      must([&](Transaction& tx) { return issue_token(tx, tenant(), alice.user, kMinute, "", TokenUse::once); });
  auto const spend = [&] { return must([&](Transaction& tx) { return spend_token(tx, issued.token); }); };
  EXPECT_EQ(spend()->caller.external_id, "alice");
  EXPECT_FALSE(spend().has_value());
}

TEST_P(SideEffectsTest, ForgetsARevokedToken) {
  auto const alice = user("alice");
  auto const issued =
      must([&](Transaction& tx) { return issue_token(tx, tenant(), alice.user, 0, "read", TokenUse::repeated); });
  EXPECT_EQ(must([&](Transaction& tx) { return find_token(tx, issued.token); })->scopes, "read");
  EXPECT_FALSE(must([&](Transaction& tx) { return spend_token(tx, issued.token); }).has_value());
  EXPECT_EQ(error_of([&](Transaction& tx) { return revoke_token(tx, TenantId{77}, issued.id); }), "3 [] no such token");
  must([&](Transaction& tx) { return revoke_token(tx, tenant(), issued.id); });
  EXPECT_FALSE(must([&](Transaction& tx) { return find_token(tx, issued.token); }).has_value());
}

TEST_P(SideEffectsTest, FindsATenantByItsKeyAndDeletesEveryRowOfIt) {
  auto const other = must([](Transaction& tx) { return create_tenant(tx, {.name = "other", .hostname = "other"}); });
  EXPECT_EQ(must([&](Transaction& tx) { return find_tenant_by_key(tx, other.api_key); })->id, other.tenant.id);
  EXPECT_EQ(error_of([](Transaction& tx) { return create_tenant(tx, {.name = "x", .hostname = "other"}); }),
            "4 [hostname] hostname is taken");
  EXPECT_EQ(error_of([](Transaction& tx) { return create_tenant(tx, {.name = "x", .hostname = "Bad_"}); }),
            "0 [hostname] hostname must be a DNS label: 1 to 63 of a-z, 0-9 and -, not at an end");
  auto const alice = user_of(other.tenant.id, "alice");
  auto const room = group({alice});
  send(alice, room, "x");
  must([&](Transaction& tx) { return delete_tenant(tx, other.tenant.id); });
  for (auto const* table : {"users", "conversations", "members", "messages", "events", "jobs", "spaces", "api_keys"}) {
    auto const rows = must([&](Transaction& tx) {
      return tx.one(fmt::format("SELECT COUNT(*) FROM {} WHERE tenant_id = $1", table), {other.tenant.id},
                    [](storage::Row const& row) { return row.integer(0); });
    });
    EXPECT_EQ(rows, 0) << table;
  }
  EXPECT_FALSE(must([&](Transaction& tx) { return find_tenant_by_key(tx, other.api_key); }).has_value());
}

TEST_P(SideEffectsTest, KeepsSettingsThroughAStorageRoundTrip) {
  model::TenantSettings settings;
  settings.webhook = {"https://example.org/hook", "whsec_c2VjcmV0", {"message.new", "object.*"}};
  settings.issuer = {"HS256", "s", "", "", "iss", "aud"};
  settings.action_policy = {false, {"invoice"}};
  settings.namespaces = {"news"};
  must([&](Transaction& tx) { return update_tenant(tx, tenant(), {.settings = settings}); });
  auto const stored = must([&](Transaction& tx) { return get_tenant(tx, tenant()); }).settings;
  EXPECT_EQ(encode_settings(stored), encode_settings(settings));
}

TEST_P(SideEffectsTest, NeverLosesTheLastOwner) {
  must([&](Transaction& tx) { return put_user(tx, tenant(), "boss", {.role = model::TenantRole::owner}); });
  EXPECT_EQ(
      error_of([&](Transaction& tx) { return put_user(tx, tenant(), "boss", {.role = model::TenantRole::member}); }),
      "4 [role] the last owner cannot step down");
  must([&](Transaction& tx) { return put_user(tx, tenant(), "deputy", {.role = model::TenantRole::owner}); });
  must([&](Transaction& tx) { return put_user(tx, tenant(), "boss", {.role = model::TenantRole::member}); });
  EXPECT_EQ(error_of([&](Transaction& tx) { return put_user(tx, tenant(), "a\nb", {}); }),
            "0 [user_id] user_id must not contain control characters");
}

}  // namespace
}  // namespace parlance::core
