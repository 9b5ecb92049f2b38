#include "core/previews.h"

#include <memory>

#include "core/events.h"
#include "core/locks.h"
#include "core/message_log.h"
#include "model/event.h"

namespace parlance::core {

namespace {

LinkSource source_from(storage::Row const& row) {
  return {row.id<MessageId>(0), std::string(row.text(1)), row.integer(2)};
}

}  // namespace

Result<std::vector<LinkSource>> list_link_sources(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                                  DueMessages const& due, std::int64_t through_seq) {
  auto sources =
      TRY(tx.all("SELECT id, text, edited_at FROM messages WHERE tenant_id = $1 AND conversation_id = $2"
                 " AND seq BETWEEN $3 AND $4 AND deleted_at = 0 AND xid IS NULL AND text LIKE '%://%' ORDER BY seq",
                 {tenant, id, due.first_seq, through_seq}, source_from));
  if (through_seq < due.last_seq) return sources;
  auto edited = TRY(
      tx.all("SELECT id, text, edited_at FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq < $3"
             " AND deleted_at = 0 AND text LIKE '%://%' AND id IN (SELECT message_id FROM events WHERE tenant_id = $1"
             " AND conversation_id = $2 AND position > $4 AND kind = $5) ORDER BY seq",
             {tenant, id, due.first_seq, due.after_offset, model::EventKind::message_edited}, source_from));
  for (auto& source : edited) sources.push_back(std::move(source));
  return sources;
}

Result<bool> set_previews(storage::Transaction& tx, TenantId tenant, MessageId id, Timestamp edited_at,
                          std::string_view previews) {
  TRY(lock_conversation_of(tx, tenant, id));
  auto message = TRY(find_message(tx, tenant, id));
  bool const is_same = message && message->deleted_at == 0 && message->edited_at == edited_at;
  if (!is_same || message->previews == previews) return false;
  TRY(tx.execute("UPDATE messages SET previews = $3 WHERE tenant_id = $1 AND id = $2", {tenant, id, previews}));
  message->previews = previews;
  model::LiveEvent live;
  live.event.tenant = tenant;
  live.event.conversation = message->conversation;
  live.event.kind = model::EventKind::message_previewed;
  live.event.message = id;
  live.event.seq = message->seq;
  live.message = std::make_shared<model::Message const>(*std::move(message));
  TRY(record_event(tx, std::move(live)));
  return true;
}

}  // namespace parlance::core
