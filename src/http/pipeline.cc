#include "http/pipeline.h"

#include <array>
#include <exception>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "http/access_log.h"
#include "http/cross_origin.h"

namespace parlance::http {
namespace {

constexpr std::size_t kMaxIdBytes = 128;

bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdBytes && std::ranges::all_of(id, [](char c) { return c > ' ' && c < 0x7f; });
}

/// Unique over all processes: random bytes of this thread's life, and a counter.
std::string new_request_id() {
  thread_local std::string const prefix = to_hex(random_bytes(8));
  thread_local std::uint64_t count = 0;
  return fmt::format("{}{:08x}", prefix, ++count);
}

/// The shape of W3C trace-context's version 00; other versions only grow at the end.
bool is_traceparent(std::string_view text) {
  if (text.size() < 55 || text.size() > kMaxIdBytes) return false;
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; });
}

Middleware trace() {
  return [](Request& request, Next next) -> Task<Response> {
    if (auto const id = request.headers.find("X-Request-Id"); id && is_sane_id(*id)) {
      request.id = *id;
    } else {
      request.id = new_request_id();
    }
    if (auto const parent = request.headers.find("traceparent"); parent && is_traceparent(*parent)) {
      request.traceparent = *parent;
    }
    return next(request);
  };
}

Task<Response> observed(Request& request, Next next, Metrics& metrics, RouteMetrics& unmatched, log::Format format) {
  auto response = co_await next(request);
  double const seconds = static_cast<double>(monotonic_now() - request.started) / kSecond;
  auto& counted = request.route != nullptr && request.route->metrics ? *request.route->metrics : unmatched;
  count_request(metrics, counted, response.status, seconds);
  log_request(format, request, response, seconds);
  co_return response;
}

Middleware observe(Metrics& metrics, log::Format format) {
  auto unmatched = std::make_shared<RouteMetrics>("*", "unmatched");
  return [&metrics, unmatched, format](Request& request, Next next) {
    return observed(request, next, metrics, *unmatched, format);
  };
}

void log_exception(log::Format format, Request const& request, std::string_view what) {
  if (format == log::Format::text) return log::error("request {} threw: {}", request.id, what);
  JsonWriter out;
  out.begin_object().field("event", "exception").field("id", request.id).field("what", what).end_object();
  log::error("{}", out.text());
}

Task<Response> caught(Request& request, Next next, Router const& router, log::Format format) {
  std::string what;
  try {
    co_return co_await next(request);
  } catch (std::exception const& exception) {
    what = exception.what();
  } catch (...) {
    what = "something that is no std::exception";
  }
  log_exception(format, request, what);
  co_return router.render(Error{Errc::internal, "something went wrong on our side", {}, 0}, request);
}

Middleware catch_all(Router const& router, log::Format format) {
  return [&router, format](Request& request, Next next) { return caught(request, next, router, format); };
}

Task<Response> refused(Request& request, Router const& router) {
  auto const& rejection = *request.rejection;
  auto response = router.render(rejection.error, request);
  response.status = rejection.status;
  if (!rejection.allow.empty()) response.headers.add("Allow", rejection.allow);
  co_return response;
}

Middleware refuse(Router const& router) {
  return [&router](Request& request, Next next) -> Task<Response> {
    return request.rejection ? refused(request, router) : next(request);
  };
}

Task<Response> handled(Request& request, Router const& router) {
  auto answer = co_await request.route->handler(request);
  if (answer) co_return std::move(*answer);
  co_return router.render(answer.error(), request);
}

}  // namespace

Pipeline::Pipeline(Router const& router, Metrics& metrics, PipelineOptions options) {
  auto const format = options.access_log;
  append("trace", "first: every line and reply below names the request", trace());
  append("observe", "sees every reply, whoever made it, and how long it took", observe(metrics, format));
  append("catch_all", "a bug below becomes a 500 that is counted and logged above", catch_all(router, format));
  append("cross_origin", "browsers must be able to read errors, and preflights carry no credentials",
         cross_origin(router, std::move(options.allowed_origins)));
  append("refuse", "what has no route or broke a limit goes no further", refuse(router));
  endpoint_ = [&router](Request& request) { return handled(request, router); };
}

void Pipeline::append(std::string_view name, std::string_view reason, Middleware middleware) {
  entries_.push_back({name, reason, std::move(middleware)});
}

Task<Response> Pipeline::run(Request& request) const { return Next(entries_, endpoint_)(request); }

}  // namespace parlance::http
