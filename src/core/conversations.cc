#include "core/conversations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/crypto.h"
#include "core/checks.h"
#include "core/conversation_rows.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/members.h"
#include "core/users.h"

namespace parlance::core {

namespace {

/// ':' separates the two ids in a dm's key, so it is escaped inside of one.
std::string escape_key_part(std::string_view external_id) {
  std::string text;
  for (char const c : external_id) {
    if (c == ':' || c == '%') {
      text += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      text += c;
    }
  }
  return text;
}

Result<std::string> dm_key_for(storage::Transaction& tx, Caller const& caller, std::vector<UserId> const& members) {
  if (members.size() != 2) return invalid("members", "a dm has exactly two different members");
  bool const is_one = std::ranges::find(members, caller.user) != members.end();
  if (!is_one && !caller.is_backend) return invalid("members", "you must be one of the two members");
  auto const first = TRY(get_user(tx, caller.tenant, members[0])).external_id;
  auto const second = TRY(get_user(tx, caller.tenant, members[1])).external_id;
  return dm_key(first, second);
}

Result<std::optional<model::Conversation>> find_by_key(storage::Transaction& tx, TenantId tenant,
                                                       std::string_view key) {
  static std::string const kSql =
      fmt::format("SELECT {} FROM conversations c WHERE c.tenant_id = $1 AND c.unique_key = $2", kConversationColumns);
  return tx.first(kSql, {tenant, key}, conversation_from);
}

Result<void> check_input(NewConversation const& input) {
  if (input.name) TRY(check_line(*input.name, "name", 0, kMaxNameBytes));
  TRY(check_line(input.subject, "subject", 0, kMaxNameBytes));
  TRY(check_text(input.description, "description", 0, kMaxDescriptionBytes));
  TRY(check_text(input.metadata.value_or(""), "metadata", 0, kMaxMetaBytes));
  TRY(check_text(input.icon, "icon", 0, kMaxMetaBytes));
  TRY(check_line(input.relation_type, "relation_type", 0, kMaxNameBytes));
  if (input.members.size() > kMaxMembersPerCall) {
    return invalid("members", fmt::format("members names more than {} users", kMaxMembersPerCall));
  }
  return {};
}

Result<SpaceId> space_for(storage::Transaction& tx, TenantId tenant, SpaceId wanted) {
  if (wanted) return wanted;
  return tx.one("SELECT default_space FROM tenants WHERE id = $1", {tenant},
                [](storage::Row const& row) { return row.id<SpaceId>(0); });
}

/// The row, without members and events. Empty where the unique key is taken.
Result<std::optional<ConversationId>> insert_conversation(storage::Transaction& tx, Caller const& caller,
                                                          NewConversation const& input, std::string_view unique_key) {
  auto const space = TRY(space_for(tx, caller.tenant, input.space));
  auto const key = unique_key.empty() ? std::nullopt : std::optional(unique_key);
  return tx.first(
      "INSERT INTO conversations (tenant_id, space_id, kind, access, history_mode, hidden, name, subject, description,"
      " icon, unique_key, relation_type, relation_id, provider_space_id, metadata, xid, bits, epoch, created_by,"
      " created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
      " $18, $19, $20, $20) ON CONFLICT (tenant_id, unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id",
      {caller.tenant,
       space,
       input.kind,
       input.access,
       input.history_mode,
       input.hidden,
       input.name,
       input.subject,
       input.description,
       input.icon,
       key,
       input.relation_type,
       input.relation_id,
       input.provider_space,
       input.metadata,
       input.xid,
       input.bits,
       random_epoch(),
       caller.user,
       tx.now()},
      [](storage::Row const& row) { return row.id<ConversationId>(0); });
}

Result<void> insert_parents(storage::Transaction& tx, TenantId tenant, ConversationId id,
                            std::vector<ConversationId> const& parents) {
  for (auto const parent : parents) {
    TRY(
        tx.execute("INSERT INTO conversation_parents (tenant_id, conversation_id, parent_id) VALUES ($1, $2, $3)"
                   " ON CONFLICT DO NOTHING",
                   {tenant, id, parent}));
  }
  return {};
}

model::LiveEvent event_of(Caller const& caller, ConversationId id, model::EventKind kind, UserId subject = {}) {
  model::LiveEvent live;
  live.event.tenant = caller.tenant;
  live.event.conversation = id;
  live.event.kind = kind;
  live.event.actor = caller.user;
  live.event.subject = subject;
  return live;
}

Result<void> join_first_members(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                NewConversation const& input, std::vector<UserId> const& users) {
  bool const is_dm = input.kind == model::ConversationKind::dm;
  for (auto const user : users) {
    bool const leads = user == caller.user && !is_dm;
    auto const role = leads ? model::MemberRole::admin : model::MemberRole::member;
    TRY(insert_member(tx, caller.tenant, id, user, role, model::Membership::member, 0));
    auto joined = event_of(caller, id, model::EventKind::member_added, user);
    joined.event.subject_external_id = TRY(get_user(tx, caller.tenant, user)).external_id;
    joined.event.data = role_name(role);
    TRY(record_event(tx, std::move(joined)));
  }
  return {};
}

}  // namespace

std::string dm_key(std::string_view first, std::string_view second) {
  auto const& [low, high] = std::minmax(first, second);
  return fmt::format("dm:{}:{}", escape_key_part(low), escape_key_part(high));
}

std::int64_t random_epoch() {
  std::uint32_t bits = 0;
  auto const bytes = random_bytes(sizeof bits);
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return static_cast<std::int64_t>(bits >> 1U) + 1;
}

Result<CreatedConversation> create_conversation(storage::Transaction& tx, Caller const& caller,
                                                NewConversation const& input) {
  TRY(check_input(input));
  bool const is_dm = input.kind == model::ConversationKind::dm;
  auto users = input.members;
  std::ranges::sort(users);
  auto const repeated = std::ranges::unique(users);
  users.erase(repeated.begin(), repeated.end());
  auto const key = is_dm ? TRY(dm_key_for(tx, caller, users)) : input.unique_key;
  if (!key.empty()) {
    if (auto found = TRY(find_by_key(tx, caller.tenant, key))) return CreatedConversation{*std::move(found), true};
  }
  bool const joins = !is_dm && caller.user && input.access == model::Access::members;
  if (joins && std::ranges::find(users, caller.user) == users.end()) users.insert(users.begin(), caller.user);

  auto const id = TRY(insert_conversation(tx, caller, input, key));
  if (!id) {
    // Another node was faster; its row is visible once the insert has waited for it.
    auto found = TRY(find_by_key(tx, caller.tenant, key));
    if (!found) return fail(Errc::conflict, "a conversation with this key already exists");
    return CreatedConversation{*std::move(found), true};
  }
  TRY(insert_parents(tx, caller.tenant, *id, input.parents));
  // A stream holds what is published into it and nothing else.
  if (input.kind != model::ConversationKind::stream) {
    TRY(record_event(tx, event_of(caller, *id, model::EventKind::conversation_created)));
  }
  TRY(join_first_members(tx, caller, *id, input, users));
  auto created = TRY(find_conversation(tx, caller.tenant, *id));
  return CreatedConversation{*std::move(created), false};
}

Result<std::optional<model::Conversation>> find_conversation(storage::Transaction& tx, TenantId tenant,
                                                             ConversationId id) {
  static std::string const kSql =
      fmt::format("SELECT {} FROM conversations c WHERE c.tenant_id = $1 AND c.id = $2", kConversationColumns);
  return tx.first(kSql, {tenant, id}, conversation_from);
}

Result<std::vector<model::Conversation>> list_joined(storage::Transaction& tx, Caller const& caller, std::int64_t limit,
                                                     std::int64_t offset) {
  static std::string const kSql = fmt::format(
      "SELECT {} FROM members b JOIN conversations c ON c.tenant_id = b.tenant_id AND c.id = b.conversation_id"
      " WHERE b.tenant_id = $1 AND b.user_id = $2 AND b.membership = 1 AND c.kind <> 6"
      " ORDER BY CASE WHEN c.last_message_at > c.created_at THEN c.last_message_at ELSE c.created_at END DESC,"
      " c.id DESC LIMIT $3 OFFSET $4",
      kConversationColumns);
  return tx.all(kSql, {caller.tenant, caller.user, limit, offset}, conversation_from);
}

Result<model::Conversation> update_conversation(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                ConversationChange const& change) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto conversation = TRY(require(tx, caller, id, Action::manage)).conversation;
  if (change.name) TRY(check_line(*change.name, "name", 0, kMaxNameBytes));
  if (change.subject) TRY(check_line(*change.subject, "subject", 0, kMaxNameBytes));
  if (change.description) TRY(check_text(*change.description, "description", 0, kMaxDescriptionBytes));
  if (change.icon) TRY(check_text(*change.icon, "icon", 0, kMaxMetaBytes));
  if (change.metadata) TRY(check_text(change.metadata->value_or(""), "metadata", 0, kMaxMetaBytes));
  if (change.name) conversation.name = change.name->empty() ? std::nullopt : change.name;
  conversation.subject = change.subject.value_or(conversation.subject);
  conversation.description = change.description.value_or(conversation.description);
  conversation.icon = change.icon.value_or(conversation.icon);
  conversation.metadata = change.metadata.value_or(conversation.metadata);
  conversation.updated_at = tx.now();
  TRY(
      tx.execute("UPDATE conversations SET name = $3, subject = $4, description = $5, icon = $6, metadata = $7,"
                 " updated_at = $8 WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, conversation.name, conversation.subject, conversation.description,
                  conversation.icon, conversation.metadata, conversation.updated_at}));
  TRY(record_event(tx, event_of(caller, id, model::EventKind::conversation_updated)));
  return conversation;
}

Result<model::Conversation> archive_conversation(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  TRY(lock_conversation(tx, caller.tenant, id));
  auto conversation = TRY(require(tx, caller, id, Action::manage)).conversation;
  if (conversation.archived_at != 0) return conversation;
  conversation.archived_at = conversation.updated_at = tx.now();
  TRY(tx.execute("UPDATE conversations SET archived_at = $3, updated_at = $3 WHERE tenant_id = $1 AND id = $2",
                 {caller.tenant, id, conversation.archived_at}));
  TRY(record_event(tx, event_of(caller, id, model::EventKind::conversation_archived)));
  return conversation;
}

}  // namespace parlance::core
