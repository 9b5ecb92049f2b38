#include "http/access_log.h"

#include <fmt/format.h>

#include "base/json.h"
#include "http/router.h"

namespace parlance::http {
namespace {

std::uint64_t body_bytes(Response const& response) {
  if (auto const* text = std::get_if<std::string>(&response.body)) return text->size();
  if (auto const* file = std::get_if<FileBody>(&response.body)) return file->length;
  return 0;
}

}  // namespace

std::string access_line(log::Format format, Request const& request, Response const& response, double seconds) {
  std::string_view const route = request.route != nullptr ? std::string_view(request.route->pattern) : "-";
  if (format == log::Format::text) {
    // What the client spelled itself is quoted as JSON, so that it cannot forge a line.
    std::string path;
    append_json_string(path, request.path);
    return fmt::format("request {} {} route={} status={} bytes={} ms={:.3f} id={} peer={}{}{}", name_of(request.method),
                       path, route, response.status, body_bytes(response), seconds * 1e3, request.id,
                       request.remote_address, request.traceparent.empty() ? "" : " traceparent=", request.traceparent);
  }
  JsonWriter out;
  out.begin_object().field("event", "request").field("id", request.id).field("method", name_of(request.method));
  out.field("path", request.path).field("route", route).field("status", response.status);
  out.field("bytes", body_bytes(response)).field("ms", seconds * 1e3).field("peer", request.remote_address);
  if (!request.traceparent.empty()) out.field("traceparent", request.traceparent);
  return out.end_object().take();
}

void log_request(log::Format format, Request const& request, Response const& response, double seconds) {
  if (!spdlog::should_log(spdlog::level::info)) return;
  log::info("{}", access_line(format, request, response, seconds));
}

}  // namespace parlance::http
