#include "search/thread_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace parlance::search {

namespace {

constexpr std::string_view kReadThread =
    "SELECT kind, access, archived_at, bits, hidden, last_seq, space_id, provider_space_id, created_by, created_at,"
    " CASE WHEN last_message_at > updated_at THEN last_message_at ELSE updated_at END,"
    " CASE WHEN subject <> '' OR name IS NULL THEN subject ELSE name END, summary"
    " FROM conversations WHERE tenant_id = $1 AND id = $2";

ThreadSource source_from(storage::Row const& row, ThreadKey key) {
  ThreadSource source;
  source.key = key;
  source.kind = row.as<model::ConversationKind>(0);
  source.access = row.as<model::Access>(1);
  auto const bits = row.integer(3);
  source.is_removed = row.flag(2) || (bits & (model::kThreadDeleted | model::kThreadHidden)) != 0 ||
                      source.kind == model::ConversationKind::stream;
  source.is_secret = row.flag(4) || source.kind == model::ConversationKind::private_channel;
  source.is_resolved = (bits & model::kThreadResolved) != 0;
  source.has_messages = row.flag(5);
  source.space = row.id<SpaceId>(6);
  source.provider_space = row.id<SpaceId>(7);
  source.author = row.id<UserId>(8);
  source.created_at = row.integer(9);
  source.active_at = row.integer(10);
  source.subject = row.text(11);
  source.summary = row.text(12);
  return source;
}

Result<std::vector<std::int64_t>> read_ids(storage::Transaction& log, std::string_view sql, ThreadKey key) {
  return log.all(sql, {key.tenant, key.conversation}, [](storage::Row const& row) { return row.integer(0); });
}

Result<std::vector<std::int64_t>> read_users(storage::Transaction& log, ThreadSource const& source) {
  static auto const of_channel = fmt::format(
      "SELECT DISTINCT m.sender_id FROM conversations c JOIN messages m ON m.tenant_id = c.tenant_id"
      " AND m.conversation_id = c.id AND m.seq > c.last_seq - {} WHERE c.tenant_id = $1 AND c.id = $2"
      " ORDER BY m.sender_id",
      kMaxThreadUsers);
  if (is_among_people(source.kind))
    return read_ids(log,
                    "SELECT user_id FROM members WHERE tenant_id = $1 AND conversation_id = $2 AND membership = 1"
                    " ORDER BY user_id",
                    source.key);
  if (source.kind == model::ConversationKind::thread)
    return read_ids(log,
                    "SELECT user_id FROM thread_authors WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY user_id",
                    source.key);
  return read_ids(log, of_channel, source.key);
}

Result<std::vector<std::int64_t>> read_channels(storage::Transaction& log, ThreadSource const& source) {
  if (is_among_people(source.kind)) return std::vector<std::int64_t>{};
  if (source.kind != model::ConversationKind::thread) return std::vector{source.key.conversation.value};
  return read_ids(log,
                  "SELECT parent_id FROM conversation_parents WHERE tenant_id = $1 AND conversation_id = $2"
                  " ORDER BY parent_id",
                  source.key);
}

Result<std::optional<ThreadSource>> read_thread_source(storage::Transaction& log, ThreadKey key) {
  auto source = TRY(log.first(kReadThread, {key.tenant, key.conversation},
                              [&](storage::Row const& row) { return source_from(row, key); }));
  if (!source) return source;
  source->tags =
      TRY(log.all("SELECT tag FROM tags WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY tag",
                  {key.tenant, key.conversation}, [](storage::Row const& row) { return std::string(row.text(0)); }));
  source->channels = TRY(read_channels(log, *source));
  source->users = TRY(read_users(log, *source));
  return source;
}

}  // namespace

Result<std::vector<ThreadSource>> read_thread_sources(storage::Transaction& log, std::vector<ThreadKey> const& keys) {
  std::vector<ThreadSource> sources;
  for (auto const& key : keys)
    if (auto source = TRY(read_thread_source(log, key))) sources.push_back(*std::move(source));
  return sources;
}

Result<ThreadChanges> read_thread_changes(storage::Transaction& log, std::int64_t after, std::int64_t limit) {
  ThreadChanges changes;
  changes.end = after;
  std::set<ThreadKey> seen;
  TRY(log.each("SELECT id, tenant_id, conversation_id FROM thread_changes WHERE id > $1 ORDER BY id LIMIT $2",
               {after, limit}, [&](storage::Row const& row) {
                 changes.end = row.integer(0);
                 changes.ids.push_back(changes.end);
                 ThreadKey const key{row.id<TenantId>(1), row.id<ConversationId>(2)};
                 if (seen.insert(key).second) changes.threads.push_back(key);
               }));
  return changes;
}

Result<std::int64_t> newest_thread_change(storage::Transaction& log) {
  return TRY(log.first("SELECT id FROM thread_changes ORDER BY id DESC LIMIT 1", {},
                       [](auto& row) { return row.integer(0); }))
      .value_or(0);
}

}  // namespace parlance::search
