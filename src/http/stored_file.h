#pragma once

#include <cstdint>
#include <string>

#include "http/byte_range.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::http {

/// A file that a stranger has uploaded, as it is answered with.
struct StoredFile {
  std::string name;
  std::string media_type;
  std::string etag;  ///< quoted; another for other bytes
  Disposition disposition = Disposition::attachment;
};

/// True where the client says that it has this version: answer with unchanged_response.
bool has_version(Request const& request, StoredFile const& file);

/// 304.
Response unchanged_response(StoredFile const& file);

/// 200 with all of it, or what the client's Range asks for: 206, 416. A browser runs nothing of it, and asks again each
/// time whether it may still have it.
Response file_response(Request const& request, StoredFile const& file, OwnedDescriptor descriptor, std::uint64_t size);

}  // namespace parlance::http
