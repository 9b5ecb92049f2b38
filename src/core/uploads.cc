#include "core/uploads.h"

#include <algorithm>

#include "core/checks.h"
#include "core/files.h"
#include "core/limits.h"
#include "core/permissions.h"

namespace parlance::core {

namespace {

bool is_media_type(std::string_view text) {
  auto const slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == text.size()) return false;
  auto const fits = [](char c) {
    bool const is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_letter || std::string_view("!#$&-^_.+").contains(c);
  };
  return std::ranges::all_of(text.substr(0, slash), fits) && std::ranges::all_of(text.substr(slash + 1), fits);
}

}  // namespace

Result<model::File> reserve_upload(storage::Transaction& tx, Caller const& caller, NewUpload const& input) {
  TRY(check_line(input.name, "file_name", 1, kMaxNameBytes));
  if (!is_media_type(input.media_type) || input.media_type.size() > kMaxNameBytes) {
    return invalid("media_type", "media_type must be a media type such as image/png");
  }
  if (input.size < 1) return invalid("size", "size must be at least 1");
  if (!caller.user) return fail(Errc::forbidden, "an upload needs a user");
  TRY(require(tx, caller, input.conversation, Action::send));
  model::File file;
  file.conversation = input.conversation;
  file.state = model::FileState::reserved;
  file.name = input.name;
  file.media_type = input.media_type;
  file.kind = input.media_type.starts_with("image/") ? "image" : "file";
  file.size = input.size;
  return add_file(tx, caller, file);
}

Result<void> note_content(storage::Transaction& tx, TenantId tenant, FileId id, std::string_view digest) {
  auto const changed = TRY(tx.execute("UPDATE files SET digest = $3 WHERE tenant_id = $1 AND id = $2 AND state = $4",
                                      {tenant, id, digest, model::FileState::reserved}));
  if (changed > 0) return {};
  if (!TRY(find_file(tx, tenant, id))) return fail(Errc::not_found, "no such upload");
  return fail(Errc::conflict, "this upload is finalized already");
}

Result<model::File> get_upload(storage::Transaction& tx, Caller const& caller, FileId id) {
  auto file = TRY(find_file(tx, caller.tenant, id));
  bool const is_own = file && caller.user && file->owner == caller.user;
  if (!is_own) return fail(Errc::not_found, "no such upload");
  return *std::move(file);
}

Result<model::File> settle_upload(storage::Transaction& tx, Caller const& caller, FileId id, std::string_view digest) {
  auto file = TRY(get_upload(tx, caller, id));
  if (file.digest != digest) return fail(Errc::conflict, "another content has been uploaded meanwhile");
  if (file.state == model::FileState::stored) return file;
  file.state = model::FileState::stored;
  auto const settled = TRY(tx.execute("UPDATE files SET state = $3 WHERE tenant_id = $1 AND id = $2 AND digest = $4",
                                      {caller.tenant, id, file.state, digest}));
  if (settled == 0) return fail(Errc::conflict, "another content has been uploaded meanwhile");
  return file;
}

}  // namespace parlance::core
