#include <fmt/format.h>

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
#include "http/stored_file.h"

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

http::StoredFile stored(model::File const& file) {
  bool const is_shown = files::disposition_of(file.media_type) == files::Disposition::inline_display;
  auto const disposition = is_shown ? http::Disposition::in_line : http::Disposition::attachment;
  return {file.name, file.media_type, fmt::format("\"{}\"", file.digest), disposition};
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
  auto const answer = stored(file);
  if (http::has_version(request, answer)) co_return http::unchanged_response(answer);
  auto blob = CO_TRY(or_not_found(
      co_await services.disk.run(request.executor(), [&] { return services.blobs.open(file.digest); }), "file"));
  co_return http::file_response(request, answer, http::OwnedDescriptor(blob.file.release()),
                                static_cast<std::uint64_t>(blob.size));
}

}  // namespace parlance::anytype
