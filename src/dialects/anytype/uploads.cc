#include <memory>
#include <utility>

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "api/upload_form.h"
#include "core/files.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/files.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {
namespace {

http::Response file_response(model::File const& file) {
  UploadedChatFile answer;
  answer.object = "file";
  answer.object_id = api::spell_cid(api::CidType::file, file.id.value);
  answer.name = file.name;
  answer.media = file.media_type;
  answer.size_in_bytes = file.size;
  return http::Response::json(200, http::encode_json(answer));
}

}  // namespace

Task<Result<http::Response>> upload_file(Gateway& gateway, http::Request& request) {
  auto& services = gateway.services;
  auto const space = CO_TRY(space_in_path(request));
  auto const& caller = api::caller_of(request);
  // Before the first byte is written for somebody who may not.
  CO_TRY(co_await api::read(services, request.executor(),
                            [&](storage::Transaction& tx) { return meet_space_to_write(tx, caller, space); }));
  auto const content_type = request.headers.find("Content-Type").value_or("");
  auto form = CO_TRY(api::UploadForm::create(content_type, services.blobs, gateway.options.max_upload_bytes));
  auto const blob = CO_TRY(co_await api::receive(services.disk, request, form));

  model::File file;
  file.space = space;
  file.name = form.file_name();
  file.media_type = blob.media_type;
  file.kind = form.type();
  file.size = blob.size;
  file.digest = blob.digest;
  auto const verb = [&](storage::Transaction& tx) -> Result<model::File> {
    TRY(meet_space_to_write(tx, caller, space));
    return core::add_file(tx, caller, file);
  };
  co_return co_await api::perform(services, request, caller.tenant.value, verb, file_response, blob.digest);
}

}  // namespace parlance::anytype
