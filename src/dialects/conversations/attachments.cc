#include "dialects/conversations/attachments.h"

#include <fmt/format.h>
#include <unistd.h>

#include "api/blocking_pool.h"
#include "api/chat_wire.h"
#include "api/spelling.h"
#include "base/text.h"
#include "core/attachments.h"
#include "core/uploads.h"
#include "dialects/conversations/lists.h"
#include "dialects/conversations/upload_url.h"
#include "files/blob_store.h"

namespace parlance::conversations {
namespace {

constexpr char kList = 'a';

core::SharedFilePlace place_of(Cursor const& cursor) { return {MessageId{cursor.first}, cursor.second}; }

Cursor cursor_of(core::SharedFile const& shared) {
  return {.list = kList, .first = shared.message.value, .second = shared.position};
}

void write_shared(JsonWriter& out, core::SharedFile const& shared) {
  SharedAttachment item;
  item.id = api::spell_decimal(shared.attachment.file.value);
  item.fileName = shared.attachment.name;
  item.contentType = shared.attachment.media_type;
  item.size = shared.attachment.size;
  item.url = api::attachment_url(shared.attachment.file);
  item.messageId = api::spell_decimal(shared.message.value);
  item.senderId = shared.sender_external_id;
  item.createdAt = format_rfc3339(shared.sent_at);
  http::encode(out, item);
}

http::Response finished_reply(model::File const& file) {
  JsonWriter out;
  out.begin_object().key("attachment");
  api::write_chat_attachment(out, {.file = file.id,
                                   .target = api::spell_decimal(file.id.value),
                                   .name = file.name,
                                   .media_type = file.media_type,
                                   .size = file.size});
  return http::Response::json(200, out.end_object().take());
}

/// Where the store keeps an upload until it is finalized.
std::string upload_name(model::File const& file) {
  return fmt::format("uploads/{}/{}", file.tenant.value, file.id.value);
}

UploadTicket direct_ticket(Dialect& dialect, model::File const& file, Timestamp lifetime) {
  auto signed_upload = dialect.stores.direct->sign_upload(upload_name(file), file.size, file.media_type, lifetime);
  UploadTicket ticket{.uploadUrl = std::move(signed_upload.url)};
  for (auto& [name, value] : signed_upload.headers) ticket.headers.insert_or_assign(std::move(name), std::move(value));
  return ticket;
}

UploadTicket own_ticket(Call const& call, model::File const& file, Timestamp expires_at) {
  UploadPermit const permit{.tenant = file.tenant,
                            .file = file.id,
                            .size = file.size,
                            .media_type = file.media_type,
                            .expires_at = expires_at / kSecond};
  auto const origin = call.request != nullptr ? origin_of(*call.request) : std::string();
  return {.uploadUrl = origin + sign_upload(permit, call.identity.tenant->tenant),
          .headers = {{"Content-Type", file.media_type}}};
}

/// What the store holds.
struct Content {
  std::int64_t size = 0;
  std::string media_type;
};

Result<Content> inspect(files::BlobStore& blobs, files::MediaTypes& media_types, std::string const& digest) {
  auto const blob = TRY(blobs.open(digest));
  std::string head(files::kSniffedBytes, '\0');
  auto const count = pread(blob.file.get(), head.data(), head.size(), 0);
  if (count < 0) return fail(Errc::unavailable, "the content cannot be read");
  head.resize(static_cast<std::size_t>(count));
  return Content{blob.size, media_types.of(head)};
}

/// What the content is must be what its uploader has said where a browser would act on it. Containers of sound and
/// pictures are not told apart.
bool is_of_type(std::string_view said, std::string_view found) {
  auto const family = [](std::string_view type) { return type.substr(0, type.find('/')); };
  auto const is_moving = [&](std::string_view type) { return family(type) == "audio" || family(type) == "video"; };
  if (family(said) == "image" || said == "application/pdf") return said == found;
  if (is_moving(said)) return is_moving(found) || found == "application/octet-stream";
  return true;
}

Result<void> check_content(model::File const& file, Content const& content, std::optional<std::string> const& sha256) {
  if (content.size != file.size) {
    return invalid("size", fmt::format("{} bytes were promised, {} have come", file.size, content.size));
  }
  if (sha256 && to_lower_ascii(*sha256) != file.digest) {
    return invalid("sha256", "the content that has come has another SHA-256");
  }
  if (!is_of_type(to_lower_ascii(file.media_type), content.media_type)) {
    return invalid("contentType", fmt::format("the content is {}, not {}", content.media_type, file.media_type));
  }
  return {};
}

/// Fetches what the client has put into the store by itself.
Task<Result<void>> take_in(Dialect& dialect, Call& call, model::File& file) {
  auto const blob = co_await dialect.services.disk.run(
      call.executor, [&] { return dialect.stores.direct->take_in(upload_name(file), file.size); });
  if (!blob && blob.error().code == Errc::not_found) co_return Result<void>();
  if (!blob) co_return std::unexpected(blob.error());
  CO_TRY(co_await api::write(dialect.services, call.executor, file.conversation.value, [&](storage::Transaction& tx) {
    return core::note_content(tx, file.tenant, file.id, blob->digest);
  }));
  file.digest = blob->digest;
  co_return Result<void>();
}

Task<Result<void>> check_upload(Dialect& dialect, Call& call, model::File& file,
                                std::optional<std::string> const& sha256) {
  if (dialect.stores.direct != nullptr) CO_TRY(co_await take_in(dialect, call, file));
  if (file.digest.empty()) co_return fail(Errc::conflict, "nothing has been uploaded yet");
  auto const content = CO_TRY(co_await dialect.services.disk.run(
      call.executor, [&] { return inspect(dialect.services.blobs, dialect.stores.media_types, file.digest); }));
  co_return check_content(file, content, sha256);
}

}  // namespace

Task<Result<http::Response>> list_attachments(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<ListQuery>(call));
  auto const asked = CO_TRY(asked_by(body, kList));
  auto shared = CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) {
    return core::list_shared_files(tx, call.caller(), id, asked.stretch<core::SharedFilePlace>(place_of));
  }));
  bool const has_more = cut_page(shared, asked);
  JsonWriter out;
  begin_list(out);
  for (auto const& item : shared) write_shared(out, item);
  end_page(out, shared, asked, has_more, cursor_of);
  co_return http::Response::json(200, out.take());
}

Task<Result<http::Response>> create_upload_ticket(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<NewUpload>(call));
  core::NewUpload input{.name = body.fileName, .media_type = body.contentType, .size = body.size};
  input.conversation = CO_TRY(conversation_id_of(body.conversationId));
  if (body.fileName.empty()) co_return invalid("fileName", "fileName must not be empty");
  if (body.size > dialect.options.max_upload_bytes) {
    co_return fail(Errc::payload_too_large,
                   fmt::format("a file takes at most {} bytes", dialect.options.max_upload_bytes), "size");
  }
  auto const verb = [&](storage::Transaction& tx) { return core::reserve_upload(tx, call.caller(), input); };
  // No answer is kept for repetition: a ticket is good for a while only.
  auto const file = CO_TRY(co_await api::write(dialect.services, call.executor, input.conversation.value, verb));
  auto const lifetime = std::chrono::microseconds(dialect.options.upload_lifetime).count();
  auto const expires_at = (now() + lifetime) / kSecond * kSecond;
  auto ticket =
      dialect.stores.direct != nullptr ? direct_ticket(dialect, file, lifetime) : own_ticket(call, file, expires_at);
  ticket.uploadId = api::spell_decimal(file.id.value);
  ticket.method = "PUT";
  ticket.expiresAt = format_rfc3339(expires_at);
  co_return http::Response::json(200, http::encode_json(ticket));
}

Task<Result<http::Response>> finalize_upload(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<UploadEnd>(call));
  auto const id = CO_TRY(file_id_of(body.uploadId, "uploadId"));
  std::optional<MessageId> message;
  if (body.messageId) message = CO_TRY(message_id_of(*body.messageId));
  auto file = CO_TRY(
      co_await read(dialect, call, [&](storage::Transaction& tx) { return core::get_upload(tx, call.caller(), id); }));
  if (file.state == model::FileState::reserved) CO_TRY(co_await check_upload(dialect, call, file, body.sha256));
  auto const verb = [&](storage::Transaction& tx) -> Result<model::File> {
    auto settled = TRY(core::settle_upload(tx, call.caller(), id, file.digest));
    if (message) TRY(core::attach_file(tx, call.caller(), file.conversation, *message, id));
    return settled;
  };
  co_return co_await write(dialect, call, file.conversation.value, verb, finished_reply);
}

}  // namespace parlance::conversations
