#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "actions/host.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "storage/transaction.h"

/// The tenant's objects as they are stored.
namespace parlance::actions {

/// 1..64 letters, digits, '_', '-', '.'; invalid_argument on "type" otherwise.
Result<void> check_type(std::string_view type);

/// How often the objects of a type were changed, and the last id that one of them got. A run that has read any of them
/// holds true while the stamp is the same.
struct TypeStamp {
  std::int64_t stamp = 0;
  std::int64_t last_id = 0;
};
Result<TypeStamp> read_stamp(storage::Transaction& tx, TenantId tenant, std::string_view type);

/// Makes sure that the stamp is still `expected` and stays so until the end of the transaction; false where it is not.
/// With `changes` it becomes another one, and `last_id` is noted.
enum class StampUse { reads, changes };
Result<bool> claim_stamp(storage::Transaction& tx, TenantId tenant, std::string_view type, TypeStamp const& expected,
                         StampUse use, std::int64_t last_id);

Result<std::optional<Object>> read_object(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                          std::int64_t id);
/// The next ones above `after_id`.
Result<std::vector<Object>> read_objects(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                         std::int64_t after_id, std::int64_t limit);

Result<void> insert_object(storage::Transaction& tx, TenantId tenant, Object const& object, UserId creator);
Result<void> change_object(storage::Transaction& tx, TenantId tenant, Object const& object);
Result<void> delete_object(storage::Transaction& tx, TenantId tenant, std::string_view type, std::int64_t id);

/// An object with what is known about it: for administrators.
struct ObjectRecord {
  Object object;
  std::string created_by;  ///< external id
  Timestamp created_at = 0;
  Timestamp updated_at = 0;
};
/// not_found where there is none.
Result<ObjectRecord> get_object_record(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                       std::int64_t id);
/// By id. `total` is how many there are in all.
struct ObjectPage {
  std::vector<ObjectRecord> records;
  std::int64_t total = 0;
};
Result<ObjectPage> list_object_records(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                       std::int64_t limit, std::int64_t offset);

}  // namespace parlance::actions
