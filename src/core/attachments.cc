#include "core/attachments.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/message_log.h"
#include "core/messages.h"
#include "core/permissions.h"

namespace parlance::core {

namespace {

/// $3 and $4 the place, $5 the seq below which all is hidden, $6 limit.
std::string shared_files_sql(Walk walk) {
  bool const forward = walk == Walk::forward;
  return fmt::format(
      "SELECT a.kind, a.file_id, a.target, f.name, f.media_type, f.size, a.position, a.message_id, u.external_id,"
      " m.created_at FROM attachments a JOIN files f ON f.tenant_id = a.tenant_id AND f.id = a.file_id"
      " JOIN messages m ON m.tenant_id = a.tenant_id AND m.id = a.message_id"
      " LEFT JOIN users u ON u.tenant_id = m.tenant_id AND u.id = m.sender_id"
      " WHERE a.tenant_id = $1 AND a.conversation_id = $2 AND m.seq > $5"
      " AND (a.message_id {0} $3 OR (a.message_id = $3 AND a.position {1} $4))"
      " ORDER BY a.message_id {2}, a.position {3} LIMIT $6",
      forward ? "<" : ">", forward ? ">" : "<", forward ? "DESC" : "ASC", forward ? "ASC" : "DESC");
}

SharedFile shared_file_from(storage::Row const& row) {
  SharedFile shared;
  shared.attachment.kind = row.as<model::AttachmentKind>(0);
  shared.attachment.file = row.id<FileId>(1);
  shared.attachment.target = row.text(2);
  shared.attachment.name = row.text(3);
  shared.attachment.media_type = row.text(4);
  shared.attachment.size = row.integer(5);
  shared.position = row.integer(6);
  shared.message = row.id<MessageId>(7);
  shared.sender_external_id = row.text(8);
  shared.sent_at = row.integer(9);
  return shared;
}

}  // namespace

Result<std::vector<SharedFile>> list_shared_files(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                  Stretch<SharedFilePlace> const& stretch) {
  static std::string const kForward = shared_files_sql(Walk::forward);
  static std::string const kBack = shared_files_sql(Walk::back);
  auto const encounter = TRY(require(tx, caller, id, Action::see));
  auto const from = stretch.from.value_or(SharedFilePlace{MessageId{std::numeric_limits<std::int64_t>::max()}, 0});
  auto files = TRY(tx.all(stretch.walk == Walk::forward ? kForward : kBack,
                          {caller.tenant, id, from.message, from.position, hidden_through(encounter), stretch.limit},
                          shared_file_from));
  if (stretch.walk == Walk::back) std::ranges::reverse(files);
  return files;
}

Result<model::Message> attach_file(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                   MessageId message, FileId file) {
  auto const encounter = TRY(require(tx, caller, conversation, Action::send));
  auto before = TRY(read_message(tx, encounter, message, Tombstones::skip));
  if (before.sender != caller.user) return fail(Errc::forbidden, "only its author may attach a file to a message");
  auto attachments = before.attachments;
  if (std::ranges::find(attachments, file, &model::Attachment::file) != attachments.end()) return before;
  attachments.push_back({.kind = model::AttachmentKind::file, .file = file, .target = std::to_string(file.value)});
  return edit_message(tx, caller, conversation, message, {.attachments = std::move(attachments)});
}

}  // namespace parlance::core
