#include "core/message_rows.h"

#include <fmt/format.h>

#include <unordered_map>

#include "core/in_list.h"

namespace parlance::core {

namespace {

class PartReader {
 public:
  PartReader(storage::Transaction& tx, TenantId tenant, std::vector<MessageRow>& rows) : tx_(tx), tenant_(tenant) {
    for (auto& row : rows) by_id_.emplace(row.message.id, &row);
  }

  /// Runs `sql` with the list of messages that have `part` in place of {}, `take` getting the message of each row,
  /// whose id is column 0.
  template <typename Take>
  Result<void> read(Parts part, std::string_view sql, Take take) {
    std::vector<MessageId> ids;
    for (auto const& [id, row] : by_id_) {
      if ((row->parts & part) != 0) ids.push_back(id);
    }
    if (ids.empty()) return {};
    InList const list(2, ids);
    auto const params = list.params({tenant_});
    return tx_.each(fmt::format(fmt::runtime(sql), list.text()), params,
                    [&](storage::Row const& row) { take(by_id_.at(row.id<MessageId>(0))->message, row); });
  }

 private:
  storage::Transaction& tx_;
  TenantId tenant_;
  std::unordered_map<MessageId, MessageRow*> by_id_;
};

}  // namespace

MessageRow message_row_from(storage::Row const& row) {
  MessageRow result;
  auto& message = result.message;
  message.id = row.id<MessageId>(0);
  message.tenant = row.id<TenantId>(1);
  message.conversation = row.id<ConversationId>(2);
  message.seq = row.integer(3);
  message.added_offset = row.integer(4);
  message.sender = row.id<UserId>(5);
  message.sender_external_id = row.text(6);
  message.text = row.text(7);
  message.style = row.as<model::TextStyle>(8);
  message.marks = row.text(9);
  message.meta = row.text(10);
  message.reply_to = row.id<MessageId>(11);
  message.client_id = row.text(12);
  message.xid = row.text(13);
  message.previews = row.text(14);
  result.parts = row.integer(15);
  message.created_at = row.integer(16);
  message.edited_at = row.integer(17);
  message.deleted_at = row.integer(18);
  message.pinned = (result.parts & kIsPinned) != 0;
  return result;
}

Result<std::vector<model::Message>> complete_messages(storage::Transaction& tx, TenantId tenant,
                                                      std::vector<MessageRow> rows) {
  PartReader reader(tx, tenant, rows);
  TRY(reader.read(kHasAttachments,
                  "SELECT a.message_id, a.kind, a.file_id, a.target, f.name, f.media_type, f.size FROM attachments a"
                  " LEFT JOIN files f ON f.tenant_id = a.tenant_id AND f.id = a.file_id"
                  " WHERE a.tenant_id = $1 AND a.message_id IN {} ORDER BY a.message_id, a.position",
                  [](model::Message& message, storage::Row const& row) {
                    message.attachments.push_back({.kind = row.as<model::AttachmentKind>(1),
                                                   .file = row.id<FileId>(2),
                                                   .target = std::string(row.text(3)),
                                                   .name = std::string(row.text(4)),
                                                   .media_type = std::string(row.text(5)),
                                                   .size = row.integer(6)});
                  }));
  TRY(reader.read(kHasReactions,
                  "SELECT r.message_id, r.user_id, r.emoji, u.external_id FROM reactions r JOIN users u"
                  " ON u.tenant_id = r.tenant_id AND u.id = r.user_id"
                  " WHERE r.tenant_id = $1 AND r.message_id IN {} ORDER BY r.id",
                  [](model::Message& message, storage::Row const& row) {
                    message.reactions.push_back(
                        {row.id<UserId>(1), std::string(row.text(2)), std::string(row.text(3))});
                  }));
  TRY(reader.read(
      kHasMentions,
      "SELECT n.message_id, n.user_id, u.external_id FROM mentions n JOIN users u ON u.tenant_id = n.tenant_id"
      " AND u.id = n.user_id WHERE n.tenant_id = $1 AND n.message_id IN {} ORDER BY n.message_id, n.user_id",
      [](model::Message& message, storage::Row const& row) {
        message.mentions.push_back(row.id<UserId>(1));
        message.mention_external_ids.emplace_back(row.text(2));
      }));
  std::vector<model::Message> messages;
  messages.reserve(rows.size());
  for (auto& row : rows) messages.push_back(std::move(row.message));
  return messages;
}

Result<void> set_part(storage::Transaction& tx, TenantId tenant, MessageId id, Parts part, bool present) {
  return tx.post(present ? "UPDATE messages SET parts = parts | $3 WHERE tenant_id = $1 AND id = $2"
                         : "UPDATE messages SET parts = parts & ~$3 WHERE tenant_id = $1 AND id = $2",
                 {tenant, id, static_cast<std::int64_t>(part)});
}

}  // namespace parlance::core
