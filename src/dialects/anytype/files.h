#pragma once

#include "base/task.h"
#include "dialects/anytype/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// POST /v1/spaces/{space_id}/files, a multipart form: {object, object_id, name, media, size_in_bytes}, once it is on
/// disk; the space's editors only. `media` is told by the content.
Task<Result<http::Response>> upload_file(Gateway& gateway, http::Request& request);

/// GET /v1/spaces/{space_id}/files/{file_id}: the bytes, or the Range of them; who may see it is asked every time.
/// Missing in the original's first version.
Task<Result<http::Response>> download_file(Gateway& gateway, http::Request& request);

}  // namespace parlance::anytype
