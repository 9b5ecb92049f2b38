#include "http/stored_file.h"

#include <utility>

namespace parlance::http {
namespace {

void add_headers(HeaderList& headers, StoredFile const& file) {
  headers.set("Content-Disposition", content_disposition(file.disposition, file.name));
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  headers.set("Cache-Control", "private, no-cache");
  headers.set("Accept-Ranges", "bytes");
  headers.set("ETag", file.etag);
}

RangeAnswer range_of(Request const& request, std::string_view etag, std::uint64_t size) {
  auto const condition = request.headers.find("If-Range");
  bool const holds = !condition || if_range_holds(*condition, etag, "");
  return resolve_range(holds ? request.headers.find("Range").value_or("") : "", size);
}

}  // namespace

bool has_version(Request const& request, StoredFile const& file) {
  return request.headers.has_token("If-None-Match", file.etag) || request.headers.has_token("If-None-Match", "*");
}

Response unchanged_response(StoredFile const& file) {
  auto response = Response::empty(304);
  add_headers(response.headers, file);
  return response;
}

Response file_response(Request const& request, StoredFile const& file, OwnedDescriptor descriptor, std::uint64_t size) {
  auto const range = range_of(request, file.etag, size);
  Response response;
  switch (range.kind) {
    case RangeAnswer::Kind::unsatisfiable: response = Response::empty(416); break;
    case RangeAnswer::Kind::part:
    case RangeAnswer::Kind::whole:
      bool const is_whole = range.kind == RangeAnswer::Kind::whole;
      FileBody body{std::move(descriptor), range.first, range.length};
      response = Response::file(is_whole ? 200 : 206, std::move(body), file.media_type);
      break;
  }
  if (range.kind != RangeAnswer::Kind::whole) response.headers.set("Content-Range", content_range(range, size));
  add_headers(response.headers, file);
  return response;
}

}  // namespace parlance::http
