#include "api/process.h"

#include "api/await.h"
#include "storage/param.h"

namespace parlance::api {
namespace {

/// Writes and takes back, so that the commit has something to make durable.
Result<void> touch_database(storage::Transaction& tx) {
  TRY(
      tx.execute("INSERT INTO idempotency_keys (tenant_id, user_id, key, fingerprint, status, content_type, body, "
                 "created_at) VALUES (0, 0, '', $1, 0, '', '', $2) ON CONFLICT DO NOTHING",
                 {storage::Bytes{"health"}, tx.now()}));
  TRY(tx.execute("DELETE FROM idempotency_keys WHERE tenant_id = 0 AND user_id = 0 AND key = ''"));
  return {};
}

}  // namespace

Task<bool> is_database_writable(Services& services, Executor& executor) {
  auto& process = services.process;
  auto const checked = process.writable_checked_.load(std::memory_order_relaxed);
  if (checked != 0 && monotonic_now() - checked < kSecond) co_return process.writable_.load(std::memory_order_relaxed);
  auto const outcome = co_await write(services, executor, 0, touch_database);
  process.writable_.store(outcome.has_value(), std::memory_order_relaxed);
  process.writable_checked_.store(monotonic_now(), std::memory_order_relaxed);
  co_return outcome.has_value();
}

}  // namespace parlance::api
