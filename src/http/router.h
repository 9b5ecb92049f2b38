#pragma once

#include <concepts>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"
#include "http/schema.h"

namespace parlance::http {

struct RouteMetrics;

using Handler = std::function<Task<Result<Response>>(Request&)>;
using ErrorShape = std::function<Response(Error const&, Request const&)>;

/// A query or header parameter, for the OpenAPI document.
struct Parameter {
  std::string name;
  std::string type = "string";  ///< a JSON schema type
  std::string description;
  bool required = false;
  bool in_header = false;
};

/// One endpoint. The setters return the route, so that a table of routes reads as one.
struct Route {
  Method method = Method::get;
  std::string pattern;       ///< "/rooms/{room_id}/messages"
  std::string operation_id;  ///< unique over the router
  std::string summary;
  std::vector<std::string> tags;  ///< the group's name where empty
  Handler handler;
  RouteGroup const* group = nullptr;

  bool streams_body = false;               ///< the handler reads Request::body_stream itself
  std::size_t max_body = 0;                ///< 0: the server's default
  int access = 0;                          ///< what the authentication middleware makes of it
  std::vector<std::string> content_types;  ///< taken beside an absent one; empty: application/json. "*/*": anything
  bool hidden = false;                     ///< left out of the OpenAPI document
  bool only_reads = false;                 ///< changes nothing, though it is no GET
  std::vector<Parameter> parameters;
  SchemaSource request_schema = nullptr;
  SchemaSource response_schema = nullptr;
  int success_status = 200;
  std::vector<int> other_success;         ///< further statuses with the same body
  std::shared_ptr<RouteMetrics> metrics;  ///< made by the router when it is added

  Route& set_summary(std::string text);
  Route& set_access(int level);
  Route& set_tags(std::vector<std::string> names);
  Route& set_max_body(std::size_t bytes);
  Route& set_streams_body();
  Route& set_hidden();
  Route& reads();
  Route& accept(std::vector<std::string> types);
  Route& parameter(Parameter item);
  /// The status of success, where the reply's type is not described.
  Route& answers(int status);
  /// Another status of success, with the same body.
  Route& also_answers(int status);
  template <typename T>
  Route& takes() {
    request_schema = schema_source<T>;
    return *this;
  }
  template <typename T>
  Route& returns(int status = 200) {
    response_schema = schema_source<T>;
    success_status = status;
    return *this;
  }
};

namespace detail {

template <typename T>
struct IsResultTask : std::false_type {};
template <>
struct IsResultTask<Task<Result<Response>>> : std::true_type {};

/// Handlers come in three shapes: Task<Result<Response>>, Task<Response> and plain Result<Response>.
template <typename Function>
Handler make_handler(Function function) {
  using Answer = std::invoke_result_t<Function&, Request&>;
  if constexpr (IsResultTask<Answer>::value) {
    return Handler(std::move(function));
  } else if constexpr (std::is_same_v<Answer, Task<Response>>) {
    return [shared = std::make_shared<Function>(std::move(function))](Request& request) {
      return [](std::shared_ptr<Function> kept, Request& asked) -> Task<Result<Response>> {
        co_return co_await (*kept)(asked);
      }(shared, request);
    };
  } else {
    return [shared = std::make_shared<Function>(std::move(function))](Request& request) {
      return [](std::shared_ptr<Function> kept, Request& asked) -> Task<Result<Response>> { co_return (*kept)(asked); }(
                                                                    shared, request);
    };
  }
}

}  // namespace detail

/// Routes that share a tag and an error shape: a dialect, usually. Belongs to its Router.
struct RouteGroup {
  std::string name;
  std::string description;
  ErrorShape error_shape;
  SchemaSource error_schema = nullptr;  ///< of the body of its error replies; null: the document's default
  std::string error_media_type = "application/json";  ///< of the same
  std::deque<Route> routes;

  /// Says what error_shape gives, for the OpenAPI document.
  template <typename T>
  RouteGroup& fails_with(std::string media_type = "application/json") {
    error_schema = schema_source<T>;
    error_media_type = std::move(media_type);
    return *this;
  }

  /// Adds a route. The handler is any callable of (Request&) that gives Task<Result<Response>>, Task<Response> or
  /// Result<Response>. It must outlive its tasks: a coroutine lambda with captures lives in the route, and so does.
  /// A pattern that is already there is a bug and ends the process at Router::seal().
  template <typename Function>
  Route& add(Method method, std::string pattern, std::string operation_id, Function handler) {
    return add_route(method, std::move(pattern), std::move(operation_id), detail::make_handler(std::move(handler)));
  }

 private:
  Route& add_route(Method method, std::string pattern, std::string operation_id, Handler handler);
};

/// All routes of the server. Filled once at start, sealed, then read by any thread.
class Router {
 public:
  /// `default_shape` renders errors where no group is known: malformed requests, and paths that no route of one group
  /// alone begins like.
  explicit Router(ErrorShape default_shape = nullptr);
  ~Router();
  Router(Router const&) = delete;
  Router& operator=(Router const&) = delete;

  RouteGroup& add_group(std::string name, ErrorShape error_shape, std::string description = {});

  /// Answers what no route matches, in place of 404; it belongs to no group.
  void set_fallback(Handler handler);

  /// Builds the lookup tree. Throws std::logic_error where two routes clash: a bug.
  void seal();

  /// Sets route, group and path_parameters of `request` from its method and path, or a rejection of 404 or 405. HEAD
  /// finds GET's route. Literal segments win over parameters; a trailing slash is another path.
  void find(Request& request) const;

  /// The methods that `path` has routes for, as an Allow field; empty where the path is unknown.
  std::string allowed_methods(std::string_view path) const;

  /// Renders `error` in the shape of the request's group, with Retry-After where the error has one.
  Response render(Error const& error, Request const& request) const;

  std::deque<RouteGroup> const& groups() const { return groups_; }
  Route const* fallback() const { return fallback_.get(); }

 private:
  struct Node;

  std::deque<RouteGroup> groups_;
  std::unique_ptr<Route> fallback_;
  ErrorShape default_shape_;
  std::unique_ptr<Node> root_;
};

/// {"error": {"code", "message", "field"?}}: the shape where nobody names another.
Response default_error_shape(Error const& error, Request const& request);

}  // namespace parlance::http
