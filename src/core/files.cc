#include "core/files.h"

#include <fmt/format.h>

#include "core/checks.h"
#include "core/limits.h"
#include "core/permissions.h"
#include "core/spaces.h"

namespace parlance::core {

namespace {

constexpr std::string_view kColumns =
    "f.id, f.tenant_id, f.space_id, f.conversation_id, f.owner_id, f.state, f.name, f.media_type, f.kind, f.size,"
    " f.digest, f.created_at";

model::File file_from(storage::Row const& row) {
  model::File file;
  file.id = row.id<FileId>(0);
  file.tenant = row.id<TenantId>(1);
  file.space = row.id<SpaceId>(2);
  file.conversation = row.id<ConversationId>(3);
  file.owner = row.id<UserId>(4);
  file.state = row.as<model::FileState>(5);
  file.name = row.text(6);
  file.media_type = row.text(7);
  file.kind = row.text(8);
  file.size = row.integer(9);
  file.digest = row.text(10);
  file.created_at = row.integer(11);
  return file;
}

Result<bool> may_see(storage::Transaction& tx, Caller const& caller, model::File const& file) {
  bool const is_owner = caller.user && file.owner == caller.user;
  if (is_owner || (caller.is_backend && !caller.user)) return true;
  if (file.space && TRY(space_role(tx, caller, file.space))) return true;
  struct Place {
    ConversationId conversation;
    std::int64_t last_seq = 0;
  };
  auto const places = TRY(
      tx.all("SELECT a.conversation_id, MAX(m.seq) FROM attachments a JOIN messages m ON m.tenant_id = a.tenant_id"
             " AND m.id = a.message_id WHERE a.tenant_id = $1 AND a.file_id = $2 GROUP BY a.conversation_id LIMIT 100",
             {caller.tenant, file.id},
             [](storage::Row const& row) { return Place{row.id<ConversationId>(0), row.integer(1)}; }));
  for (auto const& place : places) {
    auto const encounter = meet(tx, caller, place.conversation);
    bool const sees = encounter && encounter->standing != Standing::none;
    if (sees && !is_before_join(*encounter, place.last_seq)) return true;
  }
  return false;
}

}  // namespace

Result<model::File> add_file(storage::Transaction& tx, Caller const& caller, model::File const& file) {
  TRY(check_line(file.name, "file", 0, kMaxNameBytes));
  model::File added = file;
  added.tenant = caller.tenant;
  added.owner = caller.user;
  added.created_at = tx.now();
  added.id = TRY(tx.one(
      "INSERT INTO files (tenant_id, space_id, conversation_id, owner_id, state, name, media_type, kind, size, digest,"
      " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
      {added.tenant, added.space, added.conversation, added.owner, added.state, added.name, added.media_type,
       added.kind, added.size, added.digest, added.created_at},
      [](storage::Row const& row) { return row.id<FileId>(0); }));
  return added;
}

Result<std::optional<model::File>> find_file(storage::Transaction& tx, TenantId tenant, FileId id) {
  return tx.first(fmt::format("SELECT {} FROM files f WHERE f.tenant_id = $1 AND f.id = $2", kColumns), {tenant, id},
                  file_from);
}

Result<std::optional<model::File>> find_file_of(storage::Transaction& tx, Caller const& caller, Timestamp created_at) {
  return tx.first(fmt::format("SELECT {} FROM files f WHERE f.tenant_id = $1 AND f.created_at = $2"
                              " ORDER BY CASE WHEN f.owner_id = $3 THEN 0 ELSE 1 END, f.id LIMIT 1",
                              kColumns),
                  {caller.tenant, created_at, caller.user}, file_from);
}

Result<model::File> get_file(storage::Transaction& tx, Caller const& caller, FileId id) {
  auto file = TRY(find_file(tx, caller.tenant, id));
  if (!file) return fail(Errc::not_found, "no such file");
  if (!TRY(may_see(tx, caller, *file))) return fail(Errc::forbidden, "not a file that you can see");
  return *std::move(file);
}

Result<std::vector<model::File>> find_unused_files(storage::Transaction& tx, Timestamp before, FileId after,
                                                   std::int64_t limit) {
  return tx.all(fmt::format("SELECT {} FROM files f WHERE f.id > $3 AND f.created_at < $1 AND NOT EXISTS (SELECT 1"
                            " FROM attachments a WHERE a.tenant_id = f.tenant_id AND a.file_id = f.id)"
                            " ORDER BY f.id LIMIT $2",
                            kColumns),
                {before, limit, after}, file_from);
}

Result<bool> delete_unused_file(storage::Transaction& tx, model::File const& file) {
  auto const deleted =
      TRY(tx.execute("DELETE FROM files WHERE tenant_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM attachments a"
                     " WHERE a.tenant_id = $1 AND a.file_id = $2)",
                     {file.tenant, file.id}));
  return deleted > 0;
}

Result<bool> is_blob_used(storage::Transaction& tx, std::string_view digest) {
  auto const found = TRY(tx.first("SELECT 1 FROM files WHERE digest = $1 LIMIT 1", {digest},
                                  [](storage::Row const& row) { return row.flag(0); }));
  return found.has_value();
}

}  // namespace parlance::core
