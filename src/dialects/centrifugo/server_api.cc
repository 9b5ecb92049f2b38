#include "dialects/centrifugo/server_api.h"

#include <array>
#include <boost/json/array.hpp>
#include <utility>
#include <vector>

#include "api/credentials.h"
#include "base/json.h"
#include "base/raw_json.h"
#include "base/text.h"
#include "dialects/centrifugo/commands.h"

namespace parlance::centrifugo {
namespace {

constexpr std::size_t kMaxBatch = 1'000;

constexpr std::array<std::pair<std::string_view, ApiMethod>, 12> kMethods = {{
    {"publish", api_publish},
    {"broadcast", api_broadcast},
    {"subscribe", api_subscribe},
    {"unsubscribe", api_unsubscribe},
    {"disconnect", api_disconnect},
    {"refresh", api_refresh},
    {"presence", api_presence},
    {"presence_stats", api_presence_stats},
    {"history", api_history},
    {"history_remove", api_history_remove},
    {"channels", api_channels},
    {"info", api_info},
}};

/// The key, where the server API takes it from, in this order.
std::string presented_key(http::Request const& request) {
  if (auto const key = request.headers.find("X-API-Key")) return std::string(trim(*key));
  auto const authorization = trim(request.headers.find("Authorization").value_or(""));
  constexpr std::string_view kScheme = "apikey ";
  if (authorization.size() > kScheme.size() && equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return std::string(trim(authorization.substr(kScheme.size())));
  return request.query("api_key").value_or("");
}

Task<Result<api::Identity>> identify(Gateway& gateway, http::Request& request) {
  api::Presented presented;
  presented.api_key = presented_key(request);
  if (presented.api_key.empty()) co_return fail(Errc::unauthenticated, "the API key is missing");
  auto identity = CO_TRY(co_await gateway.services.authenticator.resolve(std::move(presented), request.executor()));
  co_return identity;
}

/// The status in transport error mode.
int status_of(Fault const& fault) {
  switch (fault.code) {
    case 101: return 401;
    case 103: return 403;
    case 102:
    case 104: return 404;
    case 107:
    case 108: return 400;
    case 111: return 429;
    case 112: return 416;
    default: return 500;
  }
}

void write_error(JsonWriter& out, Fault const& fault) {
  out.begin_object().field("code", fault.code).field("message", fault.message).end_object();
}

http::Response api_response(http::Request const& request, ApiOutcome const& outcome) {
  JsonWriter out;
  if (outcome) {
    out.begin_object().field_raw("result", *outcome).end_object();
    return http::Response::json(200, out.take());
  }
  if (request.headers.find("X-Centrifugo-Error-Mode") == "transport") {
    write_error(out, outcome.error());
    return http::Response::json(status_of(outcome.error()), out.take());
  }
  write_error(out.begin_object().key("error"), outcome.error());
  out.end_object();
  return http::Response::json(200, out.take());
}

std::optional<Fault> refusal_by_rate(api::Identity const& identity) {
  if (identity.tenant->bucket->take(monotonic_now()).allowed) return std::nullopt;
  return faults::too_many_requests();
}

Result<boost::json::object> body_of(http::Request const& request) {
  auto const text = trim(request.body).empty() ? std::string_view("{}") : std::string_view(request.body);
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(Errc::invalid_argument, "Bad Request");
  return std::move(parsed->get_object());
}

/// One of a batch: `{"<method>":{…}}` becomes `{"<method>":<result>}` or `{"error":…}`.
Task<std::string> run_one(Gateway& gateway, http::Request& request, api::Identity const& identity,
                          boost::json::value const& command, std::string_view raw) {
  JsonWriter out;
  out.begin_object();
  for (auto const& [name, method] : kMethods) {
    auto const* body = command.is_object() ? command.get_object().if_contains(name) : nullptr;
    if (body == nullptr || !body->is_object()) continue;
    ApiCall const call{identity, body->get_object(), raw_member(raw, name).value_or("{}"), request.executor()};
    auto const outcome = co_await method(gateway, call);
    if (outcome) {
      out.field_raw(name, *outcome).end_object();
    } else {
      write_error(out.key("error"), outcome.error());
      out.end_object();
    }
    co_return out.take();
  }
  write_error(out.key("error"), faults::method_not_found());
  out.end_object();
  co_return out.take();
}

}  // namespace

std::expected<std::string, Fault> required_text(boost::json::object const& body, std::string_view name) {
  auto text = text_member(body, name);
  if (!text || text->empty()) return std::unexpected(faults::bad_request());
  return *std::move(text);
}

Task<Result<http::Response>> serve_api(Gateway& gateway, http::Request& request, ApiMethod method) {
  auto const identity = CO_TRY(co_await identify(gateway, request));
  auto const body = CO_TRY(body_of(request));
  if (auto const refusal = refusal_by_rate(identity)) co_return api_response(request, std::unexpected(*refusal));
  ApiCall const call{identity, body, request.body, request.executor()};
  auto const outcome = co_await method(gateway, call);
  co_return api_response(request, outcome);
}

Task<Result<http::Response>> serve_batch(Gateway& gateway, http::Request& request) {
  auto const identity = CO_TRY(co_await identify(gateway, request));
  auto const body = CO_TRY(body_of(request));
  auto const* commands = body.if_contains("commands");
  bool const is_list = commands != nullptr && commands->is_array() && commands->get_array().size() <= kMaxBatch;
  if (!is_list) co_return api_response(request, std::unexpected(faults::bad_request()));
  auto const texts = raw_items(raw_member(request.body, "commands").value_or("[]"));
  JsonWriter out;
  out.begin_object().key("replies").begin_array();
  std::size_t index = 0;
  for (auto const& command : commands->get_array()) {
    auto const limited = refusal_by_rate(identity);
    auto const raw = index < texts.size() ? texts[index] : std::string_view("{}");
    ++index;
    if (limited) {
      JsonWriter refused;
      write_error(refused.begin_object().key("error"), *limited);
      refused.end_object();
      out.raw(refused.text());
    } else {
      out.raw(co_await run_one(gateway, request, identity, command, raw));
    }
  }
  out.end_array().end_object();
  co_return http::Response::json(200, out.take());
}

}  // namespace parlance::centrifugo
