#include "actions/objects.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <string>

#include "actions/values.h"
#include "base/json.h"

namespace parlance::actions {

namespace {

constexpr std::size_t kMaxTypeBytes = 64;

bool is_type_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// Columns type, id, fields.
Result<Object> object_from(storage::Row const& row) {
  auto fields = TRY(parse_json(row.text(2)));
  if (!fields.is_object()) return fail(Errc::internal, "the fields of an object are none");
  return Object{std::string(row.text(0)), row.integer(1), std::move(fields.get_object())};
}

/// The same and external id, created_at, updated_at.
Result<ObjectRecord> record_from(storage::Row const& row) {
  return ObjectRecord{TRY(object_from(row)), std::string(row.text(3)), row.integer(4), row.integer(5)};
}

template <typename T>
Result<std::vector<T>> unpack(std::vector<Result<T>> rows) {
  std::vector<T> unpacked;
  unpacked.reserve(rows.size());
  for (auto& row : rows) unpacked.push_back(TRY(std::move(row)));
  return unpacked;
}

constexpr std::string_view kSelectRecords =
    "SELECT o.type, o.id, o.fields, u.external_id, o.created_at, o.updated_at FROM action_objects o"
    " LEFT JOIN users u ON u.tenant_id = o.tenant_id AND u.id = o.created_by"
    " WHERE o.tenant_id = $1 AND o.type = $2 AND o.deleted_at = 0";

}  // namespace

Result<void> check_type(std::string_view type) {
  bool const is_good = !type.empty() && type.size() <= kMaxTypeBytes && std::ranges::all_of(type, is_type_character);
  if (!is_good) return invalid("type", "an object type is 1 to 64 letters, digits, '_', '-' and '.'");
  return {};
}

Result<TypeStamp> read_stamp(storage::Transaction& tx, TenantId tenant, std::string_view type) {
  auto const found =
      TRY(tx.first("SELECT stamp, last_id FROM action_types WHERE tenant_id = $1 AND type = $2", {tenant, type},
                   [](storage::Row const& row) { return TypeStamp{row.integer(0), row.integer(1)}; }));
  return found.value_or(TypeStamp{});
}

Result<bool> claim_stamp(storage::Transaction& tx, TenantId tenant, std::string_view type, TypeStamp const& expected,
                         StampUse use, std::int64_t last_id) {
  TRY(tx.execute("INSERT INTO action_types (tenant_id, type) VALUES ($1, $2) ON CONFLICT DO NOTHING", {tenant, type}));
  // An update also where nothing changes: on PostgreSQL it locks the row against other nodes.
  auto const claimed =
      TRY(tx.execute("UPDATE action_types SET stamp = stamp + $4, last_id = $5 WHERE tenant_id = $1 AND type = $2"
                     " AND stamp = $3",
                     {tenant, type, expected.stamp, use == StampUse::changes, last_id}));
  return claimed == 1;
}

Result<std::optional<Object>> read_object(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                          std::int64_t id) {
  auto found = TRY(tx.first(
      "SELECT type, id, fields FROM action_objects WHERE tenant_id = $1 AND type = $2 AND id = $3 AND deleted_at = 0",
      {tenant, type, id}, object_from));
  if (!found) return std::nullopt;
  return TRY(*std::move(found));
}

Result<std::vector<Object>> read_objects(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                         std::int64_t after_id, std::int64_t limit) {
  auto rows =
      TRY(tx.all("SELECT type, id, fields FROM action_objects WHERE tenant_id = $1 AND type = $2 AND id > $3"
                 " AND deleted_at = 0 ORDER BY id LIMIT $4",
                 {tenant, type, after_id, limit}, object_from));
  return unpack(std::move(rows));
}

Result<void> insert_object(storage::Transaction& tx, TenantId tenant, Object const& object, UserId creator) {
  TRY(
      tx.execute("INSERT INTO action_objects (tenant_id, type, id, fields, created_by, created_at, updated_at)"
                 " VALUES ($1, $2, $3, $4, $5, $6, $6)",
                 {tenant, object.type, object.id, canonical_json(object.fields), creator, tx.now()}));
  return {};
}

Result<void> change_object(storage::Transaction& tx, TenantId tenant, Object const& object) {
  TRY(
      tx.execute("UPDATE action_objects SET fields = $4, updated_at = $5 WHERE tenant_id = $1 AND type = $2"
                 " AND id = $3",
                 {tenant, object.type, object.id, canonical_json(object.fields), tx.now()}));
  return {};
}

Result<void> delete_object(storage::Transaction& tx, TenantId tenant, std::string_view type, std::int64_t id) {
  TRY(
      tx.execute("UPDATE action_objects SET fields = '{}', deleted_at = $4, updated_at = $4 WHERE tenant_id = $1"
                 " AND type = $2 AND id = $3",
                 {tenant, type, id, tx.now()}));
  return {};
}

Result<ObjectRecord> get_object_record(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                       std::int64_t id) {
  auto found = TRY(tx.first(std::string(kSelectRecords) + " AND o.id = $3", {tenant, type, id}, record_from));
  if (!found) return fail(Errc::not_found, "no such object");
  return *std::move(found);
}

Result<ObjectPage> list_object_records(storage::Transaction& tx, TenantId tenant, std::string_view type,
                                       std::int64_t limit, std::int64_t offset) {
  ObjectPage page;
  auto rows = TRY(tx.all(std::string(kSelectRecords) + " ORDER BY o.id LIMIT $3 OFFSET $4",
                         {tenant, type, limit, offset}, record_from));
  page.records = TRY(unpack(std::move(rows)));
  page.total = TRY(tx.one("SELECT COUNT(*) FROM action_objects WHERE tenant_id = $1 AND type = $2 AND deleted_at = 0",
                          {tenant, type}, [](storage::Row const& row) { return row.integer(0); }));
  return page;
}

}  // namespace parlance::actions
