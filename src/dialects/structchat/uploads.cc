#include "dialects/structchat/uploads.h"

#include <fmt/format.h>

#include "api/await.h"
#include "api/blocking_pool.h"
#include "api/upload_form.h"
#include "core/files.h"
#include "dialects/structchat/handles.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"
#include "files/media_type.h"
#include "http/stored_file.h"

namespace parlance::structchat {
namespace {

http::Response file_response(model::File const& file) {
  return reply(data_reply([&](JsonWriter& out) {
    out.begin_object().field("ctype", file.media_type).field("fname", file.name);
    out.field("handle", handle_of(file)).field("size", file.size).end_object();
  }));
}

http::StoredFile stored(model::File const& file) {
  bool const is_shown = files::disposition_of(file.media_type) == files::Disposition::inline_display;
  auto const disposition = is_shown ? http::Disposition::in_line : http::Disposition::attachment;
  return {file.name, file.media_type, fmt::format("\"{}\"", file.digest), disposition};
}

}  // namespace

Task<Result<http::Response>> upload(Gateway& gateway, http::Request& request) {
  auto& services = gateway.services;
  auto const viewer = CO_TRY(co_await viewer_of(services, request));
  auto const content_type = request.headers.find("Content-Type").value_or("");
  auto form = CO_TRY(api::UploadForm::create(content_type, services.blobs, gateway.options.max_upload_bytes));
  auto const blob = CO_TRY(co_await api::receive(services.disk, request, form));
  model::File file;
  file.name = form.file_name();
  file.media_type = blob.media_type;
  file.kind = blob.media_type.starts_with("image/") ? "image" : "file";
  file.size = blob.size;
  file.digest = blob.digest;
  auto const verb = [&](storage::Transaction& tx) { return core::add_file(tx, viewer.caller, file); };
  co_return co_await api::perform(services, request, viewer.caller.tenant.value, verb, file_response, blob.digest);
}

Task<Result<http::Response>> download(Gateway& gateway, http::Request& request) {
  auto& services = gateway.services;
  auto const viewer = CO_TRY(co_await viewer_of(services, request));
  auto const file = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return find_upload(tx, viewer.caller, request.path_parameter("handle"));
  }));
  auto const answer = stored(file);
  if (http::has_version(request, answer)) co_return http::unchanged_response(answer);
  auto blob = CO_TRY(co_await services.disk.run(request.executor(), [&] { return services.blobs.open(file.digest); }));
  co_return http::file_response(request, answer, http::OwnedDescriptor(blob.file.release()),
                                static_cast<std::uint64_t>(blob.size));
}

}  // namespace parlance::structchat
