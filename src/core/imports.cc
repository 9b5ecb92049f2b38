#include "core/imports.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/checks.h"
#include "core/code_blocks.h"
#include "core/conversations.h"
#include "core/event_rows.h"
#include "core/job_queue.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/members.h"
#include "core/message_rows.h"
#include "core/relay.h"
#include "core/thread_authors.h"
#include "core/thread_texts.h"
#include "core/users.h"

namespace parlance::core {

namespace {

/// A message that is here already.
struct Known {
  MessageId id;
  std::int64_t seq = 0;
  Timestamp edited_at = 0;
  Timestamp deleted_at = 0;
  std::int64_t parts = 0;
};

Result<std::optional<Known>> find_known(storage::Transaction& tx, TenantId tenant, ConversationId conversation,
                                        std::string_view xid) {
  return tx.first(
      "SELECT id, seq, edited_at, deleted_at, parts FROM messages WHERE tenant_id = $1 AND conversation_id = $2"
      " AND xid = $3",
      {tenant, conversation, xid}, [](storage::Row const& row) {
        return Known{row.id<MessageId>(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
      });
}

Result<void> write_event(storage::Transaction& tx, model::Event event) {
  event.created_at = tx.now();
  TRY(post_event(tx, event));
  return skip_relaying(tx, {event.tenant, event.conversation}, event.offset);
}

/// Into the log, and nowhere else: no side effects become due, and nobody is told.
Result<void> append_quietly(storage::Transaction& tx, model::Event event) {
  event.offset =
      TRY(tx.one("UPDATE conversations SET last_offset = last_offset + 1 WHERE tenant_id = $1 AND id = $2"
                 " RETURNING last_offset",
                 {event.tenant, event.conversation}, [](storage::Row const& row) { return row.integer(0); }));
  return write_event(tx, std::move(event));
}

Result<std::string> dm_key_for(storage::Transaction& tx, TenantId tenant, std::vector<UserId> const& members) {
  bool const is_pair = members.size() == 2 && members[0] != members[1];
  if (!is_pair) return invalid("members", "a dm has exactly two different members");
  auto const first = TRY(get_user(tx, tenant, members[0])).external_id;
  auto const second = TRY(get_user(tx, tenant, members[1])).external_id;
  return dm_key(first, second);
}

/// Positive and not the same for two conversations made at different times.
Result<std::optional<ConversationId>> insert_row(storage::Transaction& tx, TenantId tenant,
                                                 ImportedConversation const& input,
                                                 std::optional<std::string> const& unique_key) {
  std::optional<std::string> name;
  if (input.name) name = truncate_utf8(*input.name, kMaxNameBytes);
  auto const description = truncate_utf8(input.description, kMaxDescriptionBytes);
  return tx.first(
      "INSERT INTO conversations (tenant_id, space_id, kind, access, hidden, name, description, unique_key, xid, epoch,"
      " created_by, created_at, updated_at, archived_at) VALUES ($1, (SELECT default_space FROM tenants WHERE id = $1),"
      " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)"
      " ON CONFLICT (tenant_id, unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id",
      {tenant, input.kind, input.access, input.hidden, name, description, unique_key, input.xid, random_epoch(),
       input.created_by, input.created_at, input.archived_at},
      [](storage::Row const& row) { return row.id<ConversationId>(0); });
}

Result<ConversationId> find_by_key(storage::Transaction& tx, TenantId tenant, std::string_view key) {
  return tx.one("SELECT id FROM conversations WHERE tenant_id = $1 AND unique_key = $2", {tenant, key},
                [](storage::Row const& row) { return row.id<ConversationId>(0); });
}

/// True where there is no row of the user's yet, not even one of somebody who has left.
Result<bool> add_member(storage::Transaction& tx, TenantId tenant, ConversationId id, UserId user, UserId leader) {
  if (TRY(find_member(tx, tenant, id, user))) return false;
  auto const role = user == leader ? model::MemberRole::admin : model::MemberRole::member;
  // Whoever comes in now has received what is there.
  auto const last_seq = TRY(tx.one("SELECT last_seq FROM conversations WHERE tenant_id = $1 AND id = $2", {tenant, id},
                                   [](storage::Row const& row) { return row.integer(0); }));
  TRY(insert_member(tx, tenant, id, user, role, model::Membership::member, last_seq));
  model::Event joined{.tenant = tenant, .conversation = id, .kind = model::EventKind::member_added};
  joined.actor = joined.subject = user;
  joined.data = role_name(role);
  TRY(append_quietly(tx, joined));
  return true;
}

Result<bool> add_members(storage::Transaction& tx, TenantId tenant, ConversationId id,
                         ImportedConversation const& input) {
  bool is_new = false;
  auto const leader = input.kind == model::ConversationKind::dm ? UserId{} : input.created_by;
  for (auto const user : input.members) is_new |= TRY(add_member(tx, tenant, id, user, leader));
  return is_new;
}

Result<bool> archive(storage::Transaction& tx, TenantId tenant, ConversationId id, Timestamp archived_at) {
  if (archived_at == 0) return false;
  auto const archived =
      TRY(tx.execute("UPDATE conversations SET archived_at = $3 WHERE tenant_id = $1 AND id = $2 AND archived_at = 0",
                     {tenant, id, archived_at}));
  if (archived == 0) return false;
  TRY(append_quietly(tx, {.tenant = tenant, .conversation = id, .kind = model::EventKind::conversation_archived}));
  return true;
}

Result<PutConversation> complete(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                 ImportedConversation const& input) {
  TRY(lock_conversation(tx, tenant, id));
  bool const has_members = TRY(add_members(tx, tenant, id, input));
  bool const is_archived = TRY(archive(tx, tenant, id, input.archived_at));
  return PutConversation{id, has_members || is_archived ? ImportOutcome::changed : ImportOutcome::kept};
}

struct Slot {
  std::int64_t seq = 0;
  std::int64_t offset = 0;
  model::ConversationKind kind = model::ConversationKind::thread;
};

Result<Slot> take_slot(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input) {
  auto const slot =
      TRY(tx.first("UPDATE conversations SET last_seq = last_seq + 1, last_offset = last_offset + 1,"
                   " last_message_at = CASE WHEN last_message_at > $3 THEN last_message_at ELSE $3 END"
                   " WHERE tenant_id = $1 AND id = $2 RETURNING last_seq, last_offset, kind",
                   {tenant, input.conversation, input.created_at}, [](storage::Row const& row) {
                     return Slot{row.integer(0), row.integer(1), row.as<model::ConversationKind>(2)};
                   }));
  if (!slot) return fail(Errc::not_found, "no such conversation");
  return *slot;
}

/// Who had received everything has received this too.
Result<void> move_delivered(storage::Transaction& tx, TenantId tenant, ConversationId id, std::int64_t seq) {
  TRY(
      tx.execute("UPDATE members SET delivered_seq = $3 WHERE tenant_id = $1 AND conversation_id = $2"
                 " AND delivered_seq = $3 - 1",
                 {tenant, id, seq}));
  return {};
}

Result<void> insert_mentions(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input, MessageId id,
                             std::int64_t seq) {
  for (auto const user : input.mentions) {
    TRY(
        tx.execute("INSERT INTO mentions (tenant_id, user_id, conversation_id, seq, message_id, read_at)"
                   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                   {tenant, user, input.conversation, seq, id, tx.now()}));
  }
  return {};
}

Result<void> insert_links(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input, MessageId id) {
  for (std::size_t i = 0; i < input.attachments.size(); ++i) {
    auto const& attachment = input.attachments[i];
    TRY(
        tx.execute("INSERT INTO attachments (tenant_id, message_id, position, conversation_id, kind, file_id, target)"
                   " VALUES ($1, $2, $3, $4, $5, 0, $6)",
                   {tenant, id, i, input.conversation, attachment.kind, attachment.target}));
  }
  return {};
}

/// Those that were not there.
Result<std::vector<ImportedReaction>> insert_reactions(storage::Transaction& tx, TenantId tenant,
                                                       ImportedMessage const& input, MessageId id) {
  std::vector<ImportedReaction> added;
  auto const count = std::min(input.reactions.size(), kMaxReactionsPerMessage);
  for (std::size_t i = 0; i < count; ++i) {
    auto const& reaction = input.reactions[i];
    auto const rows =
        TRY(tx.execute("INSERT INTO reactions (tenant_id, message_id, user_id, emoji, created_at)"
                       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                       {tenant, id, reaction.user, reaction.emoji, input.created_at}));
    if (rows > 0) added.push_back(reaction);
  }
  return added;
}

Result<void> check_message(ImportedMessage const& input) {
  TRY(check_line(input.xid, "xid", 1, kMaxExternalIdBytes));
  TRY(check_text(input.text, "text", input.attachments.empty() ? 1 : 0, kMaxTextBytes));
  if (input.attachments.size() > kMaxAttachments) return invalid("attachments", "too many attachments");
  for (auto const& attachment : input.attachments)
    TRY(check_text(attachment.target, "attachments", 1, kMaxDescriptionBytes));
  for (auto const& reaction : input.reactions) TRY(check_line(reaction.emoji, "emoji", 1, kMaxEmojiBytes));
  return {};
}

std::int64_t parts_of(ImportedMessage const& input) {
  return (input.attachments.empty() ? 0 : kHasAttachments) | (input.mentions.empty() ? 0 : kHasMentions) |
         (input.reactions.empty() ? 0 : kHasReactions);
}

Result<MessageId> insert_message(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input,
                                 Slot const& slot) {
  return tx.one(
      "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, reply_to, xid, parts,"
      " created_at, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
      {tenant, input.conversation, slot.seq, slot.offset, input.sender, hide_code(input.text), input.reply_to,
       input.xid, parts_of(input), input.created_at, input.edited_at},
      [](storage::Row const& row) { return row.id<MessageId>(0); });
}

Result<PutMessage> add_message(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input) {
  auto const slot = TRY(take_slot(tx, tenant, input));
  auto const id = TRY(insert_message(tx, tenant, input, slot));
  TRY(insert_links(tx, tenant, input, id));
  TRY(insert_mentions(tx, tenant, input, id, slot.seq));
  auto const reactions = TRY(insert_reactions(tx, tenant, input, id));
  if (slot.kind == model::ConversationKind::thread) {
    model::Message message;
    message.tenant = tenant;
    message.conversation = input.conversation;
    message.sender = input.sender;
    TRY(note_thread_author(tx, message));
  } else {
    TRY(move_delivered(tx, tenant, input.conversation, slot.seq));
  }
  TRY(write_event(tx, {.tenant = tenant,
                       .conversation = input.conversation,
                       .offset = slot.offset,
                       .kind = model::EventKind::message_added,
                       .message = id,
                       .seq = slot.seq,
                       .actor = input.sender}));
  return PutMessage{id, ImportOutcome::added, static_cast<std::int64_t>(reactions.size())};
}

model::Event event_of(TenantId tenant, ImportedMessage const& input, Known const& known, model::EventKind kind,
                      UserId actor) {
  return {.tenant = tenant,
          .conversation = input.conversation,
          .kind = kind,
          .message = known.id,
          .seq = known.seq,
          .actor = actor};
}

/// The text of a later edit; what people have written here since then stays.
Result<bool> update_text(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input, Known const& known) {
  if (input.edited_at <= known.edited_at || input.text.empty()) return false;
  TRY(tx.execute("UPDATE messages SET text = $3, edited_at = $4 WHERE tenant_id = $1 AND id = $2",
                 {tenant, known.id, hide_code(input.text), input.edited_at}));
  TRY(append_quietly(tx, event_of(tenant, input, known, model::EventKind::message_edited, input.sender)));
  return true;
}

Result<PutMessage> complete(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input,
                            Known const& known) {
  PutMessage put{.id = known.id};
  if (known.deleted_at != 0) return put;
  bool const is_edited = TRY(update_text(tx, tenant, input, known));
  auto const added = TRY(insert_reactions(tx, tenant, input, known.id));
  bool const is_first = !added.empty() && (known.parts & kHasReactions) == 0;
  if (is_first) TRY(set_part(tx, tenant, known.id, kHasReactions, true));
  for (auto const& reaction : added) {
    auto event = event_of(tenant, input, known, model::EventKind::reaction_added, reaction.user);
    event.subject = reaction.user;
    event.data = reaction.emoji;
    TRY(append_quietly(tx, std::move(event)));
  }
  put.reactions_added = static_cast<std::int64_t>(added.size());
  if (is_edited || !added.empty()) put.outcome = ImportOutcome::changed;
  return put;
}

}  // namespace

Result<std::optional<ConversationId>> find_conversation_by_xid(storage::Transaction& tx, TenantId tenant,
                                                               std::string_view xid) {
  return tx.first("SELECT id FROM conversations WHERE tenant_id = $1 AND xid = $2 AND xid <> ''", {tenant, xid},
                  [](storage::Row const& row) { return row.id<ConversationId>(0); });
}

Result<std::optional<MessageId>> find_message_by_xid(storage::Transaction& tx, TenantId tenant,
                                                     ConversationId conversation, std::string_view xid) {
  auto const known = TRY(find_known(tx, tenant, conversation, xid));
  if (!known) return std::nullopt;
  return known->id;
}

Result<PutConversation> put_imported_conversation(storage::Transaction& tx, TenantId tenant,
                                                  ImportedConversation const& input) {
  TRY(check_line(input.xid, "xid", 1, kMaxExternalIdBytes));
  if (auto const id = TRY(find_conversation_by_xid(tx, tenant, input.xid))) return complete(tx, tenant, *id, input);
  std::optional<std::string> key;
  if (input.kind == model::ConversationKind::dm) key = TRY(dm_key_for(tx, tenant, input.members));
  auto const id = TRY(insert_row(tx, tenant, input, key));
  if (!id) return complete(tx, tenant, TRY(find_by_key(tx, tenant, *key)), input);
  for (auto const parent : input.parents) {
    TRY(
        tx.execute("INSERT INTO conversation_parents (tenant_id, conversation_id, parent_id) VALUES ($1, $2, $3)"
                   " ON CONFLICT DO NOTHING",
                   {tenant, *id, parent}));
  }
  TRY(append_quietly(tx, {.tenant = tenant,
                          .conversation = *id,
                          .kind = model::EventKind::conversation_created,
                          .actor = input.created_by}));
  TRY(add_members(tx, tenant, *id, input));
  return PutConversation{*id, ImportOutcome::added};
}

Result<PutMessage> put_imported_message(storage::Transaction& tx, TenantId tenant, ImportedMessage const& input) {
  TRY(check_message(input));
  TRY(lock_conversation(tx, tenant, input.conversation));
  if (auto const known = TRY(find_known(tx, tenant, input.conversation, input.xid)))
    return complete(tx, tenant, input, *known);
  return add_message(tx, tenant, input);
}

Result<void> summarize_imported(storage::Transaction& tx, TenantId tenant, ConversationId thread) {
  TRY(add_job(tx, tenant, kSummarizeJob, fmt::format(R"({{"conversation":{}}})", thread.value), tx.now()));
  return {};
}

}  // namespace parlance::core
