#include "dialects/structchat/handles.h"

#include <fmt/format.h>

#include "api/spelling.h"
#include "core/files.h"

namespace parlance::structchat {
namespace {

constexpr std::string_view kByTime = "img-";
constexpr std::string_view kById = "file-";

}  // namespace

std::string handle_of(model::File const& file) { return fmt::format("{}{}", kByTime, file.created_at); }

std::string handle_of(model::Attachment const& attachment) {
  if (attachment.target.starts_with(kByTime)) return attachment.target;
  return fmt::format("{}{}", kById, attachment.file.value);
}

Result<model::File> find_upload(storage::Transaction& tx, core::Caller const& caller, std::string_view handle) {
  std::optional<model::File> file;
  if (handle.starts_with(kByTime)) {
    auto const time = api::parse_decimal(handle.substr(kByTime.size()));
    if (time) file = TRY(core::find_file_of(tx, caller, *time));
  } else if (handle.starts_with(kById)) {
    auto const id = api::parse_decimal(handle.substr(kById.size()));
    if (id) file = TRY(core::find_file(tx, caller.tenant, FileId{*id}));
  }
  if (!file || file->state != model::FileState::stored) return fail(Errc::not_found, "no such upload");
  auto seen = core::get_file(tx, caller, file->id);
  if (!seen && seen.error().code == Errc::forbidden) return fail(Errc::not_found, "no such upload");
  return seen;
}

Result<std::vector<model::Attachment>> attachments_of(storage::Transaction& tx, core::Caller const& caller,
                                                      std::vector<std::string> const& handles) {
  std::vector<model::Attachment> attachments;
  for (auto const& handle : handles) {
    auto const file = find_upload(tx, caller, handle);
    if (!file && file.error().code == Errc::not_found) return fail(Errc::not_found, "no such upload", "images");
    if (!file) return std::unexpected(file.error());
    bool const is_image = file->media_type.starts_with("image/");
    attachments.push_back({.kind = is_image ? model::AttachmentKind::image : model::AttachmentKind::file,
                           .file = file->id,
                           .target = handle});
  }
  return attachments;
}

}  // namespace parlance::structchat
