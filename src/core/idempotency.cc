#include "core/idempotency.h"

#include "storage/param.h"

namespace parlance::core {

Result<std::optional<StoredAnswer>> find_answer(storage::Transaction& tx, Caller const& caller, std::string_view key,
                                                std::string_view fingerprint) {
  bool same = false;
  auto answer = TRY(tx.first(
      "SELECT status, content_type, body, fingerprint FROM idempotency_keys"
      " WHERE tenant_id = $1 AND user_id = $2 AND key = $3",
      {caller.tenant, caller.user, key}, [&](storage::Row const& row) {
        same = row.bytes(3) == fingerprint;
        return StoredAnswer{static_cast<int>(row.integer(0)), std::string(row.text(1)), std::string(row.text(2))};
      }));
  if (answer && !same) {
    return fail(Errc::idempotency_mismatch, "this idempotency key was used for another request", "Idempotency-Key");
  }
  return answer;
}

Result<void> store_answer(storage::Transaction& tx, Caller const& caller, std::string_view key,
                          std::string_view fingerprint, StoredAnswer const& answer) {
  TRY(
      tx.execute("INSERT INTO idempotency_keys (tenant_id, user_id, key, fingerprint, status, content_type, body,"
                 " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                 {caller.tenant, caller.user, key, storage::Bytes{fingerprint}, answer.status, answer.content_type,
                  answer.body, tx.now()}));
  return {};
}

Result<std::int64_t> trim_answers(storage::Transaction& tx, Timestamp before) {
  return tx.execute(
      "DELETE FROM idempotency_keys WHERE (tenant_id, user_id, key) IN (SELECT tenant_id, user_id, key"
      " FROM idempotency_keys WHERE tenant_id IN (SELECT id FROM tenants) AND created_at < $1"
      " LIMIT 1000)",
      {before});
}

}  // namespace parlance::core
