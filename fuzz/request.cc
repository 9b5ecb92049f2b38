#include "base/text.h"
#include "http/request_parser.h"
#include "http/router.h"
#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace http = parlance::http;

http::Router const& router() {
  static auto const kRouter = [] {
    auto out = std::make_unique<http::Router>();
    auto const handler = [](http::Request&) -> parlance::Result<http::Response> { return http::Response{}; };
    auto& group = out->add_group("fuzz", nullptr);
    group.add(http::Method::get, "/", "root", handler);
    group.add(http::Method::get, "/rooms/{room}", "get", handler);
    group.add(http::Method::post, "/rooms/{room}/messages", "send", handler);
    group.add(http::Method::get, "/rooms/new/messages/{message}", "read", handler);
    out->seal();
    return out;
  }();
  return *kRouter;
}

// What a routed request says of itself, after all that reads strangers' bytes in it has run.
std::string describe(http::Request& request) {
  router().find(request);
  require(request.route != nullptr || request.rejection);
  std::string out = std::string(http::name_of(request.method)) + " " + request.target + " ";
  for (auto const& [name, value] : request.path_parameters) {
    require(parlance::is_utf8(value));
    out += std::string(name) + "=" + value + " ";
  }
  for (auto const& [name, value] : request.query_parameters()) out += name + "=" + value + " ";
  (void)request.query_integer("limit", 1, 0, 100);
  (void)request.cookie("session");
  (void)request.websocket_protocols();
  out += request.content_type() + (request.is_websocket_upgrade() ? " upgrade" : "");
  return out + " [" + request.body + "]";
}

// The first request in `bytes`, fed in slices as a connection would; "failed" or "more" where there is none.
std::string parse(std::string_view bytes, std::size_t longest) {
  using Step = http::RequestParser::Step;
  http::Request request;
  auto const parser = http::RequestParser::create({.request_line = 100, .header_block = 300}, request);
  std::string pending;
  std::string outcome;
  parlance::fuzz::for_each_slice(bytes, longest, [&](std::string_view slice) {
    if (!outcome.empty()) return;
    pending += slice;
    std::string_view input = pending;
    auto step = parser->feed(input);
    if (step == Step::head) {
      parser->set_body_target(&request.body, 1000);
      step = parser->feed(input);
    }
    require(request.body.size() <= 1000);
    if (step == Step::failed) outcome = "failed";
    if (step == Step::done) outcome = describe(request);
    pending.erase(0, pending.size() - input.size());
  });
  return outcome.empty() ? "more" : outcome;
}

}  // namespace

// The first byte picks a slice length: what is read must not depend on it. Only how early a head that can never become
// valid is refused may.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const sliced = parse(bytes, data[0]);
  auto const whole = parse(bytes, bytes.size());
  auto const is_unread = [](std::string const& outcome) { return outcome == "more" || outcome == "failed"; };
  require(sliced == whole || (is_unread(sliced) && is_unread(whole)));
  return 0;
}
