#include "http/router.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "base/json.h"
#include "http/metrics.h"
#include "http/status.h"

namespace parlance::http {
namespace {

/// "/a/{b}" as {"a", "{b}"}; "/" as {""}; "/a/" as {"a", ""}.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    auto const slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

constexpr std::size_t kMethods = static_cast<std::size_t>(Method::other) + 1;

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::array<Route const*, kMethods> routes{};
  bool is_path = false;
  std::optional<RouteGroup const*> group;  // of all routes from here on; null where they are of several

  void belongs_to(RouteGroup const& one) {
    if (!group) group = &one;
    if (*group != &one) group = nullptr;
  }

  /// The group of all that begins as `segments` do, as far as anything does; null where that says nothing.
  RouteGroup const* group_near(std::vector<std::string> const& segments) const {
    auto const* node = this;
    for (auto const& segment : segments) {
      auto const found = node->literals.find(segment);
      auto const* next = found != node->literals.end() ? found->second.get() : node->parameter.get();
      if (next == nullptr) break;
      node = next;
    }
    return node->group.value_or(nullptr);
  }

  Route const* route_for(Method method) const {
    auto const* route = routes[static_cast<std::size_t>(method)];
    if (route == nullptr && method == Method::head) route = routes[static_cast<std::size_t>(Method::get)];
    return route;
  }

  std::string allow() const {
    std::string names;
    for (std::size_t i = 0; i < kMethods; ++i) {
      if (routes[i] == nullptr) continue;
      auto const method = static_cast<Method>(i);
      names.append(names.empty() ? "" : ", ").append(name_of(method));
      if (method == Method::get && routes[static_cast<std::size_t>(Method::head)] == nullptr) names += ", HEAD";
    }
    return names + ", OPTIONS";
  }

  /// The node of `segments[index...]`, literals first. `values` holds what the parameters took.
  Node const* match(std::vector<std::string> const& segments, std::size_t index,
                    std::vector<std::string const*>& values) const {
    if (index == segments.size()) return is_path ? this : nullptr;
    auto const& segment = segments[index];
    if (auto const found = literals.find(segment); found != literals.end()) {
      if (auto const* node = found->second->match(segments, index + 1, values)) return node;
    }
    if (parameter == nullptr || segment.empty()) return nullptr;
    values.push_back(&segment);
    if (auto const* node = parameter->match(segments, index + 1, values)) return node;
    values.pop_back();
    return nullptr;
  }
};

namespace {

/// Decoded segments; empty where an escape is broken.
std::optional<std::vector<std::string>> decoded_segments(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> decoded;
  for (auto const segment : segments_of(path)) {
    auto text = percent_decode(segment, false);
    if (!text) return std::nullopt;
    decoded.push_back(std::move(*text));
  }
  return decoded;
}

Rejection not_found() { return {404, Error{Errc::not_found, "there is nothing at this path", {}, 0}, {}}; }

}  // namespace

Route& RouteGroup::add_route(Method method, std::string pattern, std::string operation_id, Handler handler) {
  auto& route = routes.emplace_back();
  route.method = method;
  route.pattern = std::move(pattern);
  route.operation_id = std::move(operation_id);
  route.handler = std::move(handler);
  route.group = this;
  return route;
}

Router::Router(ErrorShape default_shape)
    : default_shape_(default_shape ? std::move(default_shape) : ErrorShape(default_error_shape)) {}

Router::~Router() = default;

RouteGroup& Router::add_group(std::string name, ErrorShape error_shape, std::string description) {
  auto& group = groups_.emplace_back();
  group.name = std::move(name);
  group.description = std::move(description);
  group.error_shape = error_shape ? std::move(error_shape) : default_shape_;
  return group;
}

void Router::set_fallback(Handler handler) {
  fallback_ = std::make_unique<Route>();
  fallback_->pattern = "*";
  fallback_->handler = std::move(handler);
  fallback_->hidden = true;
}

void Router::seal() {
  root_ = std::make_unique<Node>();
  std::set<std::string> operations;
  for (auto& group : groups_) {
    for (auto& route : group.routes) {
      auto* node = root_.get();
      for (auto const segment : segments_of(route.pattern)) {
        auto& child = is_parameter(segment) ? node->parameter : node->literals[std::string(segment)];
        if (!child) child = std::make_unique<Node>();
        node = child.get();
        node->belongs_to(group);
      }
      node->is_path = true;
      auto& slot = node->routes[static_cast<std::size_t>(route.method)];
      if (slot != nullptr) throw std::logic_error("two routes at " + route.pattern);
      if (!operations.insert(route.operation_id).second) {
        throw std::logic_error("two operations named " + route.operation_id);
      }
      slot = &route;
      route.metrics = std::make_shared<RouteMetrics>(name_of(route.method), route.pattern);
    }
  }
  if (fallback_) fallback_->metrics = std::make_shared<RouteMetrics>("*", "*");
}

void Router::find(Request& request) const {
  auto const segments = decoded_segments(request.path);
  if (!segments) {
    request.rejection = Rejection{400, Error{Errc::invalid_argument, "the path is malformed", {}, 0}, {}};
    return;
  }
  std::vector<std::string const*> values;
  auto const* node = root_->match(*segments, 0, values);
  if (node == nullptr) {
    request.route = fallback_.get();
    if (fallback_) return;
    request.group = root_->group_near(*segments);
    request.rejection = not_found();
    return;
  }
  request.route = node->route_for(request.method);
  if (request.route == nullptr) {
    auto const known = std::ranges::find_if(node->routes, [](auto const* route) { return route != nullptr; });
    request.group = (*known)->group;
    request.rejection =
        Rejection{405, Error{Errc::invalid_argument, "this path does not take that method", {}, 0}, node->allow()};
    return;
  }
  request.group = request.route->group;
  std::size_t next = 0;
  for (auto const name : segments_of(request.route->pattern)) {
    if (!is_parameter(name)) continue;
    request.path_parameters.emplace_back(name.substr(1, name.size() - 2), *values[next++]);
  }
}

std::string Router::allowed_methods(std::string_view path) const {
  auto const segments = decoded_segments(path);
  if (!segments) return {};
  std::vector<std::string const*> values;
  auto const* node = root_->match(*segments, 0, values);
  return node == nullptr ? std::string() : node->allow();
}

Response Router::render(Error const& error, Request const& request) const {
  auto response =
      request.group != nullptr ? request.group->error_shape(error, request) : default_shape_(error, request);
  bool const is_temporary = error.code == Errc::rate_limited || error.code == Errc::unavailable;
  if (is_temporary && !response.headers.find("Retry-After")) {
    response.headers.add("Retry-After", std::to_string(std::max(1, error.retry_after_seconds)));
  }
  return response;
}

Response default_error_shape(Error const& error, Request const&) {
  JsonWriter out;
  out.begin_object().key("error").begin_object();
  out.field("code", name_of(error.code)).field("message", error.message);
  if (!error.field.empty()) out.field("field", error.field);
  out.end_object().end_object();
  return Response::json(status_of(error.code), out.take());
}

}  // namespace parlance::http
