#include "core/subscriptions.h"

#include "core/checks.h"
#include "core/limits.h"

namespace parlance::core {

namespace {

model::TopicSubscription subscription_from(storage::Row const& row) {
  return {row.integer(0), row.id<UserId>(1), std::string(row.text(2)), row.integer(3)};
}

}  // namespace

Result<model::TopicSubscription> subscribe(storage::Transaction& tx, Caller const& caller, std::string_view topic) {
  TRY(check_line(topic, "topic", 1, kMaxTopicBytes));
  if (!caller.user) return fail(Errc::forbidden, "a subscription needs a user");
  TRY(
      tx.execute("INSERT INTO subscriptions (tenant_id, user_id, topic, created_at) VALUES ($1, $2, $3, $4)"
                 " ON CONFLICT (tenant_id, topic, user_id) DO NOTHING",
                 {caller.tenant, caller.user, topic, tx.now()}));
  return tx.one(
      "SELECT id, user_id, topic, created_at FROM subscriptions WHERE tenant_id = $1 AND topic = $2"
      " AND user_id = $3",
      {caller.tenant, topic, caller.user}, subscription_from);
}

Result<std::vector<model::TopicSubscription>> list_subscriptions(storage::Transaction& tx, Caller const& caller) {
  return tx.all(
      "SELECT id, user_id, topic, created_at FROM subscriptions WHERE tenant_id = $1 AND user_id = $2"
      " ORDER BY id",
      {caller.tenant, caller.user}, subscription_from);
}

Result<void> unsubscribe(storage::Transaction& tx, Caller const& caller, std::int64_t id) {
  auto const removed = TRY(tx.execute("DELETE FROM subscriptions WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                                      {caller.tenant, caller.user, id}));
  if (removed == 0) return fail(Errc::not_found, "no such subscription");
  return {};
}

}  // namespace parlance::core
