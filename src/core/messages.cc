#include "core/messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/checks.h"
#include "core/code_blocks.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/message_code.h"
#include "core/message_log.h"
#include "core/message_parts.h"
#include "core/message_rows.h"
#include "core/permissions.h"
#include "core/thread_authors.h"
#include "core/thread_texts.h"
#include "storage/changed_row.h"

namespace parlance::core {

namespace {

Result<void> check_content(std::string_view text, std::string_view marks, std::string_view meta,
                           std::vector<model::Attachment> const& attachments) {
  TRY(check_text(text, "text", attachments.empty() ? 1 : 0, kMaxTextBytes));
  TRY(check_text(marks, "marks", 0, kMaxMarksBytes));
  TRY(check_text(meta, "meta", 0, kMaxMetaBytes));
  if (attachments.size() > kMaxAttachments) {
    return invalid("attachments", fmt::format("a message takes at most {} attachments", kMaxAttachments));
  }
  return {};
}

/// The message that this client id made before, if it did.
Result<std::optional<model::Message>> find_earlier(storage::Transaction& tx, Caller const& caller,
                                                   NewMessage const& input, CodedText const& coded) {
  if (input.client_id.empty()) return std::nullopt;
  auto const id =
      TRY(tx.first("SELECT id FROM messages WHERE tenant_id = $1 AND conversation_id = $2"
                   " AND sender_id = $3 AND client_id = $4",
                   {caller.tenant, input.conversation, caller.user, input.client_id},
                   [](storage::Row const& row) { return row.id<MessageId>(0); }));
  if (!id) return std::nullopt;
  auto message = TRY(find_message(tx, caller.tenant, *id));
  // An edit or a deletion since then does not make it another request; only the text as sent can be compared.
  bool const untouched = message && message->edited_at == 0 && message->deleted_at == 0;
  if (untouched && !TRY(is_sent_text(tx, *message, coded))) {
    return fail(Errc::idempotency_mismatch, "this client id was used for another message");
  }
  return message;
}

/// Moves the conversation's counters for one message and its event.
struct Slot {
  std::int64_t seq = 0;
  std::int64_t offset = 0;
  std::int64_t epoch = 0;
  bool dispatch_is_new = false;
  MessageId message;  // none where the row will say
};

/// OPTIMIZATION: on PostgreSQL the message's id is taken along, so that nothing needs to wait for its row.
Result<Slot> take_slot(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  static storage::ChangedRow const kTake(
      "conversations",
      "last_seq = last_seq + 1, last_offset = last_offset + 1, last_message_at = $3,"
      " dispatch_from = COALESCE(dispatch_from, last_offset)",
      "tenant_id = $1 AND id = $2 AND archived_at = 0",
      "last_seq, last_offset, epoch, CASE WHEN dispatch_from = last_offset - 1 THEN 1 ELSE 0 END",
      ", nextval('messages_id_seq')");
  auto const takes_id = tx.engine() == storage::Engine::postgres;
  auto const slot = TRY(kTake.run(tx, {tenant, id}, {tenant, id, tx.now()}, [&](storage::Row const& row) {
    return Slot{row.integer(0), row.integer(1), row.integer(2), row.flag(3),
                takes_id ? row.id<MessageId>(4) : MessageId{}};
  }));
  // It was not when the sender was let in, so it has been archived since.
  if (!slot) return fail(Errc::conflict, "this conversation is archived");
  return *slot;
}

/// The row of a draft, which has held its id so far.
Result<void> release_id(storage::Transaction& tx, TenantId tenant, MessageId reserved) {
  return tx.post("DELETE FROM messages WHERE tenant_id = $1 AND id = $2 AND conversation_id = 0", {tenant, reserved});
}

Result<void> insert_row(storage::Transaction& tx, model::Message& message, std::int64_t parts) {
  auto const client_id = message.client_id.empty() ? std::nullopt : std::optional(std::string_view(message.client_id));
  auto const xid = message.xid.empty() ? std::nullopt : std::optional(std::string_view(message.xid));
  static constexpr std::string_view kNewId =
      "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, style, marks, meta,"
      " reply_to, client_id, xid, parts, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
      " $14)";
  static constexpr std::string_view kKnownId =
      "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, style, marks, meta,"
      " reply_to, client_id, xid, parts, created_at, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
      " $13, $14, $15)";
  std::vector<storage::Param> params{message.tenant, message.conversation, message.seq,   message.added_offset,
                                     message.sender, message.text,         message.style, message.marks,
                                     message.meta,   message.reply_to,     client_id,     xid,
                                     parts,          message.created_at};
  if (message.id) {
    params.emplace_back(message.id);
    return tx.post(kKnownId, params);
  }
  message.id = MessageId{TRY(tx.insert(kNewId, params))};
  return {};
}

model::LiveEvent event_of(Caller const& caller, model::Message const& message, model::EventKind kind) {
  model::LiveEvent live;
  live.event.tenant = message.tenant;
  live.event.conversation = message.conversation;
  live.event.kind = kind;
  live.event.message = message.id;
  live.event.seq = message.seq;
  live.event.actor = caller.user;
  live.message = std::make_shared<model::Message const>(message);
  return live;
}

Result<model::Message> message_to_change(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                         MessageId id) {
  TRY(lock_conversation(tx, caller.tenant, conversation));
  auto const encounter = TRY(require(tx, caller, conversation, Action::send));
  return read_message(tx, encounter, id, Tombstones::skip);
}

}  // namespace

Result<SentMessage> send_message(storage::Transaction& tx, Caller const& caller, NewMessage const& input) {
  TRY(check_content(input.text, input.marks, input.meta, input.attachments));
  TRY(check_line(input.client_id, "client_id", 0, kMaxIdempotencyKeyBytes));
  if (!caller.user) return fail(Errc::forbidden, "a message needs a user who sends it");
  auto coded = TRY(take_code(input.text));
  // What is sent under no client id and approves nothing hangs on nothing that is here already.
  bool const hangs_on_others = !input.client_id.empty() || coded.approves;
  if (hangs_on_others) TRY(lock_conversation(tx, caller.tenant, input.conversation));
  auto const encounter = TRY(require(tx, caller, input.conversation, Action::send));
  if (auto earlier = TRY(find_earlier(tx, caller, input, coded))) return SentMessage{*std::move(earlier), true};
  std::optional<ActionRun> approved;
  if (coded.approves) approved = TRY(find_approvable(tx, encounter));
  auto mentioned = TRY(mentions_of(tx, encounter, caller.user, input.reply_to, input.mentions));
  auto attachments = TRY(check_attachments(tx, caller, input.attachments));

  auto const slot = TRY(take_slot(tx, caller.tenant, input.conversation));
  model::Message message;
  message.id = input.reserved_id ? input.reserved_id : slot.message;
  message.tenant = caller.tenant;
  message.conversation = input.conversation;
  message.seq = slot.seq;
  message.added_offset = slot.offset;
  message.sender = caller.user;
  message.sender_external_id = caller.external_id;
  message.text = coded.text;
  message.style = input.style;
  // Marks point into the text as it was sent.
  if (coded.text == input.text) message.marks = input.marks;
  message.meta = input.meta;
  message.reply_to = input.reply_to;
  message.client_id = input.client_id;
  message.xid = input.xid;
  message.created_at = tx.now();
  message.attachments = std::move(attachments);
  message.mentions = std::move(mentioned.users);
  message.mention_external_ids = std::move(mentioned.external_ids);
  auto const parts =
      (message.attachments.empty() ? 0 : kHasAttachments) | (message.mentions.empty() ? 0 : kHasMentions);
  if (input.reserved_id) TRY(release_id(tx, caller.tenant, input.reserved_id));
  TRY(insert_row(tx, message, parts));
  TRY(insert_attachments(tx, message));
  TRY(insert_mentions(tx, message, message.mentions));
  if (encounter.conversation.kind == model::ConversationKind::thread) TRY(note_thread_author(tx, message));
  TRY(start_code(tx, message, coded));
  if (approved) TRY(request_write(tx, *approved, caller.user));

  auto live = event_of(caller, message, model::EventKind::message_added);
  live.event.offset = slot.offset;
  live.event.epoch = slot.epoch;
  TRY(append_event(tx, std::move(live)));
  if (slot.dispatch_is_new) TRY(wake_dispatch(tx, caller.tenant, input.conversation));
  return SentMessage{std::move(message), false};
}

Result<model::Message> edit_message(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                    MessageId id, MessageEdit const& edit) {
  auto message = TRY(message_to_change(tx, caller, conversation, id));
  if (message.sender != caller.user) return fail(Errc::forbidden, "only its author may edit a message");
  CodedText coded;
  bool const had_code = !find_code_blocks(message.text).empty();
  // Marks point into the text: those of an old one say nothing of a new one.
  bool const text_changes = edit.text && *edit.text != message.text;
  if (edit.text) {
    coded = TRY(take_edited_code(tx, message, *edit.text));
    message.text = coded.text;
  }
  message.style = edit.style.value_or(message.style);
  message.marks = edit.marks.value_or(text_changes ? "" : message.marks);
  message.meta = edit.meta.value_or(message.meta);
  message.attachments = edit.attachments.value_or(message.attachments);
  TRY(check_content(edit.text.value_or(message.text), message.marks, message.meta, message.attachments));
  if (edit.text && coded.text != *edit.text) message.marks.clear();
  // Previews are of links that may be gone; a job looks again.
  message.previews.clear();
  message.edited_at = tx.now();
  TRY(
      tx.post("UPDATE messages SET text = $3, style = $4, marks = $5, meta = $6, previews = '', edited_at = $7"
              " WHERE tenant_id = $1 AND id = $2 AND deleted_at = 0",
              {caller.tenant, id, message.text, message.style, message.marks, message.meta, message.edited_at}));
  if (edit.text && (had_code || !coded.code.empty())) TRY(replace_code(tx, message, coded));
  if (edit.attachments) {
    message.attachments = TRY(check_attachments(tx, caller, std::move(message.attachments)));
    TRY(replace_attachments(tx, message));
  }
  if (edit.mentions) {
    auto const encounter = TRY(meet(tx, caller, conversation));
    auto mentioned = TRY(mentions_of(tx, encounter, message.sender, message.reply_to, *edit.mentions));
    TRY(replace_mentions(tx, message, std::move(mentioned)));
  }
  if (text_changes) TRY(forget_thread_texts(tx, caller.tenant, conversation));
  TRY(record_event(tx, event_of(caller, message, model::EventKind::message_edited)));
  return message;
}

Result<model::Message> delete_message(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                      MessageId id, DeleteRight right) {
  auto message = TRY(message_to_change(tx, caller, conversation, id));
  if (message.sender != caller.user) {
    if (right == DeleteRight::author_only) return fail(Errc::forbidden, "only its author may delete a message");
    TRY(require(tx, caller, conversation, Action::moderate));
  }
  TRY(remove_parts(tx, message));
  if (!find_code_blocks(message.text).empty()) TRY(remove_code(tx, caller.tenant, id));
  TRY(
      tx.post("UPDATE messages SET text = '', marks = '', meta = '', previews = '', parts = 0, deleted_at = $3"
              " WHERE tenant_id = $1 AND id = $2",
              {caller.tenant, id, tx.now()}));
  TRY(forget_thread_texts(tx, caller.tenant, conversation));
  message.text.clear();
  message.marks.clear();
  message.meta.clear();
  message.previews.clear();
  message.attachments.clear();
  message.reactions.clear();
  message.mentions.clear();
  message.mention_external_ids.clear();
  message.pinned = false;
  message.deleted_at = tx.now();
  TRY(record_event(tx, event_of(caller, message, model::EventKind::message_deleted)));
  return message;
}

}  // namespace parlance::core
