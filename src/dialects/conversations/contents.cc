#include "dialects/conversations/contents.h"

#include <fmt/format.h>

#include "api/blocking_pool.h"
#include "api/credentials.h"
#include "api/spelling.h"
#include "base/text.h"
#include "core/files.h"
#include "core/uploads.h"
#include "dialects/conversations/upload_url.h"
#include "files/blob_store.h"
#include "http/byte_range.h"

namespace parlance::conversations {
namespace {

/// How long a URL of the store's own is good for: until the redirect has been followed.
constexpr Timestamp kDownloadLifetime = kMinute;

/// The permit of the URL, whose signature holds.
Task<Result<UploadPermit>> permitted(Dialect& dialect, http::Request& request) {
  auto permit = CO_TRY(permit_in(request));
  auto const tenant = co_await dialect.services.authenticator.tenant(permit.tenant, request.executor());
  if (!tenant && tenant.error().code != Errc::not_found) co_return std::unexpected(tenant.error());
  if (!tenant) co_return fail(Errc::forbidden, "the upload URL is not valid");
  CO_TRY(check_permit(permit, request, (*tenant)->tenant, now()));
  co_return permit;
}

Result<void> check_head(http::Request const& request, UploadPermit const& permit) {
  auto const type = request.headers.find("Content-Type").value_or("");
  if (!equals_ignoring_case(trim(type), permit.media_type)) {
    return fail(Errc::unsupported_media, fmt::format("this URL takes {} only", permit.media_type), "Content-Type");
  }
  auto const length = request.headers.find("Content-Length");
  if (length && parse_integer(*length) != permit.size) {
    return invalid("Content-Length", fmt::format("this URL takes exactly {} bytes", permit.size));
  }
  return {};
}

/// Everything that comes, no more than is permitted. The pool has one action of this task at a time.
Task<Result<files::Blob>> store_body(Dialect& dialect, http::Request& request, UploadPermit const& permit) {
  auto& disk = dialect.services.disk;
  auto& executor = request.executor();
  auto const writer = CO_TRY(co_await disk.run(executor, [&] { return dialect.services.blobs.begin(permit.size); }));
  while (true) {
    auto const piece = CO_TRY(co_await request.body_stream->read());
    if (piece.empty()) break;
    CO_TRY(co_await disk.run(executor, [&] { return writer->write(piece); }));
  }
  auto blob = CO_TRY(co_await disk.run(executor, [&] { return writer->finish(); }));
  if (blob.size != permit.size) {
    co_return invalid("size", fmt::format("{} bytes were promised, {} have come", permit.size, blob.size));
  }
  co_return blob;
}

Result<FileId> file_in_path(http::Request const& request) {
  auto const id = api::parse_decimal(request.path_parameter("id"));
  if (!id) return fail(Errc::not_found, "no such file");
  return FileId{*id};
}

std::string disposition_of(model::File const& file) {
  bool const is_shown = files::disposition_of(file.media_type) == files::Disposition::inline_display;
  return http::content_disposition(is_shown ? http::Disposition::in_line : http::Disposition::attachment, file.name);
}

/// Whatever a stranger has uploaded must not become a page of this site.
void add_guards(http::Response& response, model::File const& file, std::string const& etag) {
  response.with_header("X-Content-Type-Options", "nosniff")
      .with_header("Content-Security-Policy", "sandbox; default-src 'none'")
      .with_header("Content-Disposition", disposition_of(file))
      .with_header("Cache-Control", "private, max-age=31536000, immutable")
      .with_header("Accept-Ranges", "bytes")
      .with_header("ETag", etag);
}

http::Response content_response(http::Request const& request, model::File const& file, files::OpenBlob blob) {
  auto const size = static_cast<std::uint64_t>(blob.size);
  auto const etag = fmt::format("\"{}\"", file.digest);
  auto range = std::string(request.headers.find("Range").value_or(""));
  auto const condition = request.headers.find("If-Range");
  if (condition && !http::if_range_holds(*condition, etag, "")) range.clear();
  auto const answer = http::resolve_range(range, size);
  if (answer.kind == http::RangeAnswer::Kind::unsatisfiable) {
    return http::Response::empty(416).with_header("Content-Range", http::content_range(answer, size));
  }
  bool const is_part = answer.kind == http::RangeAnswer::Kind::part;
  http::FileBody body{http::OwnedDescriptor(blob.file.release()), answer.first, answer.length};
  auto response = http::Response::file(is_part ? 206 : 200, std::move(body), file.media_type);
  if (is_part) response.with_header("Content-Range", http::content_range(answer, size));
  add_guards(response, file, etag);
  return response;
}

}  // namespace

Task<Result<http::Response>> put_content(Dialect& dialect, http::Request& request) {
  auto const permit = CO_TRY(co_await permitted(dialect, request));
  CO_TRY(check_head(request, permit));
  auto const blob = CO_TRY(co_await store_body(dialect, request, permit));
  CO_TRY(co_await api::write(dialect.services, request.executor(), permit.file.value, [&](storage::Transaction& tx) {
    return core::note_content(tx, permit.tenant, permit.file, blob.digest);
  }));
  co_return empty_reply();
}

Task<Result<http::Response>> get_content(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(file_in_path(request));
  auto const file = CO_TRY(co_await api::read(dialect.services, request.executor(), [&](storage::Transaction& tx) {
    return core::get_file(tx, api::caller_of(request), id);
  }));
  if (file.state != model::FileState::stored) co_return fail(Errc::not_found, "no such file");
  if (dialect.stores.direct != nullptr) {
    auto const url =
        dialect.stores.direct->sign_download(file.digest, file.media_type, disposition_of(file), kDownloadLifetime);
    co_return http::Response::empty(307).with_header("Location", url).with_header("Cache-Control", "no-store");
  }
  auto blob = CO_TRY(
      co_await dialect.services.disk.run(request.executor(), [&] { return dialect.services.blobs.open(file.digest); }));
  co_return content_response(request, file, std::move(blob));
}

}  // namespace parlance::conversations
