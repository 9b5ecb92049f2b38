#include "core/streams.h"

#include <fmt/format.h>

#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "core/conversation_rows.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/locks.h"

namespace parlance::core {

namespace {

Result<std::optional<model::Conversation>> find_by_key(storage::Transaction& tx, TenantId tenant,
                                                       std::string_view key) {
  static std::string const kSql =
      fmt::format("SELECT {} FROM conversations c WHERE c.tenant_id = $1 AND c.unique_key = $2", kConversationColumns);
  return tx.first(kSql, {tenant, key}, conversation_from);
}

bool is_stream(model::Conversation const& conversation) { return conversation.kind == model::ConversationKind::stream; }

/// Keys of publications share the table of idempotent answers, under no user.
std::string remembered_key(NewPublication const& input) {
  return "publish:" + to_hex(sha256(fmt::format("{}:{}{}", input.key.size(), input.key, input.idempotency_key)));
}

Result<std::optional<StreamPlace>> find_place(storage::Transaction& tx, TenantId tenant, std::string_view key) {
  auto const text = TRY(tx.first(
      "SELECT body FROM idempotency_keys WHERE tenant_id = $1 AND user_id = 0 AND key = $2 AND created_at > $3",
      {tenant, key, tx.now() - kPublicationKeyLifetime},
      [](storage::Row const& row) { return std::string(row.text(0)); }));
  if (!text) return std::nullopt;
  auto const space = text->find(' ');
  auto const offset = parse_integer(std::string_view(*text).substr(0, space));
  auto const epoch = parse_integer(std::string_view(*text).substr(space + 1));
  return StreamPlace{offset.value_or(0), epoch.value_or(0)};
}

Result<void> keep_place(storage::Transaction& tx, TenantId tenant, std::string_view key, StreamPlace const& place) {
  TRY(
      tx.execute("INSERT INTO idempotency_keys (tenant_id, user_id, key, fingerprint, status, content_type, body,"
                 " created_at) VALUES ($1, 0, $2, $3, 0, '', $4, $5) ON CONFLICT (tenant_id, user_id, key) DO UPDATE"
                 " SET body = excluded.body, created_at = excluded.created_at",
                 {tenant, key, storage::Bytes{""}, fmt::format("{} {}", place.offset, place.epoch), tx.now()}));
  return {};
}

}  // namespace

Result<std::optional<model::Conversation>> find_stream(storage::Transaction& tx, TenantId tenant,
                                                       std::string_view key) {
  auto found = TRY(find_by_key(tx, tenant, key));
  if (found && !is_stream(*found)) return std::nullopt;
  return found;
}

Result<model::Conversation> open_stream(storage::Transaction& tx, TenantId tenant, std::string_view key) {
  NewConversation input;
  input.kind = model::ConversationKind::stream;
  input.hidden = true;
  input.unique_key = key;
  auto created = TRY(create_conversation(tx, {.tenant = tenant, .is_backend = true}, input));
  if (!is_stream(created.conversation)) return fail(Errc::conflict, "this name is a conversation's");
  return std::move(created.conversation);
}

Result<StreamPlace> publish(storage::Transaction& tx, TenantId tenant, NewPublication const& input) {
  auto const key = input.idempotency_key.empty() ? std::string() : remembered_key(input);
  auto const stream = TRY(open_stream(tx, tenant, input.key));
  if (!key.empty()) {
    TRY(lock_conversation(tx, tenant, stream.id));
    if (auto const place = TRY(find_place(tx, tenant, key))) return *place;
  }
  model::LiveEvent live;
  live.event.tenant = tenant;
  live.event.conversation = stream.id;
  live.event.kind = model::EventKind::publication;
  live.event.data = input.body;
  StreamPlace place{0, stream.epoch};
  live.event.epoch = stream.epoch;
  if (input.is_stored) {
    // Nothing follows from a publication, so no side effects are due.
    place.offset = live.event.offset =
        TRY(tx.one("UPDATE conversations SET last_offset = last_offset + 1 WHERE tenant_id = $1 AND id = $2"
                   " RETURNING last_offset",
                   {tenant, stream.id}, [](storage::Row const& row) { return row.integer(0); }));
    TRY(append_event(tx, std::move(live)));
  } else {
    live.event.created_at = tx.now();
    tx.announce(std::move(live));
  }
  if (!key.empty()) TRY(keep_place(tx, tenant, key, place));
  return place;
}

Result<void> clear_stream(storage::Transaction& tx, TenantId tenant, ConversationId stream) {
  TRY(tx.execute("DELETE FROM events WHERE tenant_id = $1 AND conversation_id = $2", {tenant, stream}));
  return {};
}

}  // namespace parlance::core
