#include <fmt/format.h>

#include <utility>

#include "api/await.h"
#include "api/blocking_pool.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/files.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/files.h"
#include "dialects/anytype/wire.h"
#include "files/blob_store.h"
#include "files/media_type.h"
#include "http/byte_range.h"

namespace parlance::anytype {
namespace {

/// A file of another space is absent here. One that came through another dialect belongs to none, and is found in each.
Result<model::File> find_file(storage::Transaction& tx, core::Caller const& caller, SpaceId space, FileId id) {
  auto file = or_not_found(core::get_file(tx, caller, id), "file");
  bool const is_hidden = !file && file.error().code == Errc::forbidden;
  bool const is_elsewhere = file && file->space && file->space != space;
  if (is_hidden || is_elsewhere) return fail(Errc::not_found, "file not found");
  return file;
}

void add_file_headers(http::HeaderList& headers, model::File const& file, std::string_view etag) {
  bool const is_shown = files::disposition_of(file.media_type) == files::Disposition::inline_display;
  auto const disposition = is_shown ? http::Disposition::in_line : http::Disposition::attachment;
  headers.set("Content-Disposition", http::content_disposition(disposition, file.name));
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  headers.set("Cache-Control", "private, no-cache");
  headers.set("Accept-Ranges", "bytes");
  headers.set("ETag", etag);
}

bool is_known(http::Request const& request, std::string_view etag) {
  return request.headers.has_token("If-None-Match", etag) || request.headers.has_token("If-None-Match", "*");
}

http::RangeAnswer range_of(http::Request const& request, std::string_view etag, std::uint64_t size) {
  auto const condition = request.headers.find("If-Range");
  bool const holds = !condition || http::if_range_holds(*condition, etag, "");
  return http::resolve_range(holds ? request.headers.find("Range").value_or("") : "", size);
}

http::Response file_response(http::Request const& request, model::File const& file, files::OpenBlob blob) {
  auto const size = static_cast<std::uint64_t>(blob.size);
  auto const etag = fmt::format("\"{}\"", file.digest);
  auto const range = range_of(request, etag, size);
  http::Response response;
  switch (range.kind) {
    case http::RangeAnswer::Kind::unsatisfiable: response = http::Response::empty(416); break;
    case http::RangeAnswer::Kind::part:
    case http::RangeAnswer::Kind::whole:
      http::FileBody body{http::OwnedDescriptor(blob.file.release()), range.first, range.length};
      bool const is_whole = range.kind == http::RangeAnswer::Kind::whole;
      response = http::Response::file(is_whole ? 200 : 206, std::move(body), file.media_type);
      break;
  }
  if (range.kind != http::RangeAnswer::Kind::whole) {
    response.headers.set("Content-Range", http::content_range(range, size));
  }
  add_file_headers(response.headers, file, etag);
  return response;
}

}  // namespace

Task<Result<http::Response>> download_file(Gateway& gateway, http::Request& request) {
  auto& services = gateway.services;
  auto const space = CO_TRY(space_in_path(request));
  auto const id = api::parse_cid(api::CidType::file, request.path_parameter("file_id"));
  if (!id) co_return fail(Errc::not_found, "file not found");
  auto const& caller = api::caller_of(request);
  auto const file =
      CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) -> Result<model::File> {
        TRY(meet_space(tx, caller, space));
        return find_file(tx, caller, space, FileId{*id});
      }));
  if (auto const etag = fmt::format("\"{}\"", file.digest); is_known(request, etag)) {
    auto response = http::Response::empty(304);
    add_file_headers(response.headers, file, etag);
    co_return response;
  }
  auto blob = CO_TRY(or_not_found(
      co_await services.disk.run(request.executor(), [&] { return services.blobs.open(file.digest); }), "file"));
  co_return file_response(request, file, std::move(blob));
}

}  // namespace parlance::anytype
