#include "core/message_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/checks.h"
#include "core/files.h"
#include "core/limits.h"
#include "core/message_log.h"
#include "core/message_rows.h"
#include "core/users.h"

namespace parlance::core {

Result<Mentioned> mentions_of(storage::Transaction& tx, Encounter const& encounter, UserId sender, MessageId reply_to,
                              std::vector<UserId> const& named) {
  if (named.size() > kMaxMembersPerCall) return invalid("mentions", "too many mentions");
  std::map<UserId, std::string> found;
  for (auto const user : named) {
    if (!found.contains(user)) found[user] = TRY(get_user(tx, encounter.conversation.tenant, user)).external_id;
  }
  if (reply_to) {
    auto const target = read_message(tx, encounter, reply_to, Tombstones::keep);
    if (!target && target.error().code == Errc::not_found) {
      return invalid("reply_to", "reply_to is not a message of this conversation");
    }
    if (!target) return std::unexpected(target.error());
    found[target->sender] = target->sender_external_id;
  }
  found.erase(sender);
  Mentioned mentioned;
  for (auto& [user, external_id] : found) {
    mentioned.users.push_back(user);
    mentioned.external_ids.push_back(std::move(external_id));
  }
  return mentioned;
}

Result<void> insert_mentions(storage::Transaction& tx, model::Message const& message,
                             std::vector<UserId> const& mentions) {
  for (auto const user : mentions) {
    TRY(
        tx.post("INSERT INTO mentions (tenant_id, user_id, conversation_id, seq, message_id)"
                " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                {message.tenant, user, message.conversation, message.seq, message.id}));
  }
  return {};
}

Result<void> replace_mentions(storage::Transaction& tx, model::Message& message, Mentioned mentioned) {
  for (auto const user : message.mentions) {
    if (std::ranges::find(mentioned.users, user) != mentioned.users.end()) continue;
    TRY(tx.post("DELETE FROM mentions WHERE tenant_id = $1 AND user_id = $2 AND conversation_id = $3 AND seq = $4",
                {message.tenant, user, message.conversation, message.seq}));
  }
  TRY(insert_mentions(tx, message, mentioned.users));
  message.mentions = std::move(mentioned.users);
  message.mention_external_ids = std::move(mentioned.external_ids);
  return set_part(tx, message.tenant, message.id, kHasMentions, !message.mentions.empty());
}

Result<std::vector<model::Attachment>> check_attachments(storage::Transaction& tx, Caller const& caller,
                                                         std::vector<model::Attachment> attachments) {
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    auto const field = fmt::format("attachments[{}]", i);
    auto& attachment = attachments[i];
    TRY(check_text(attachment.target, field, 1, kMaxDescriptionBytes));
    if (!attachment.file) continue;
    auto file = get_file(tx, caller, attachment.file);
    if (file && file->state == model::FileState::stored) {
      attachment.name = std::move(file->name);
      attachment.media_type = std::move(file->media_type);
      attachment.size = file->size;
      continue;
    }
    if (!file && (file.error().code == Errc::unavailable || file.error().code == Errc::internal)) {
      return std::unexpected(file.error());
    }
    return invalid(field, fmt::format("{} is not a file that you can attach", field));
  }
  return attachments;
}

Result<void> insert_attachments(storage::Transaction& tx, model::Message const& message) {
  for (std::size_t i = 0; i < message.attachments.size(); ++i) {
    auto const& attachment = message.attachments[i];
    TRY(tx.post(
        "INSERT INTO attachments (tenant_id, message_id, position, conversation_id, kind, file_id, target)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {message.tenant, message.id, i, message.conversation, attachment.kind, attachment.file, attachment.target}));
  }
  return {};
}

Result<void> replace_attachments(storage::Transaction& tx, model::Message const& message) {
  TRY(tx.post("DELETE FROM attachments WHERE tenant_id = $1 AND message_id = $2", {message.tenant, message.id}));
  TRY(insert_attachments(tx, message));
  return set_part(tx, message.tenant, message.id, kHasAttachments, !message.attachments.empty());
}

Result<void> remove_parts(storage::Transaction& tx, model::Message const& message) {
  if (!message.attachments.empty()) {
    TRY(tx.post("DELETE FROM attachments WHERE tenant_id = $1 AND message_id = $2", {message.tenant, message.id}));
  }
  if (!message.reactions.empty()) {
    TRY(tx.post("DELETE FROM reactions WHERE tenant_id = $1 AND message_id = $2", {message.tenant, message.id}));
  }
  if (!message.mentions.empty()) {
    TRY(tx.post("DELETE FROM mentions WHERE tenant_id = $1 AND message_id = $2", {message.tenant, message.id}));
  }
  if (message.pinned) {
    TRY(tx.post("DELETE FROM pins WHERE tenant_id = $1 AND conversation_id = $2 AND message_id = $3",
                {message.tenant, message.conversation, message.id}));
  }
  return {};
}

}  // namespace parlance::core
