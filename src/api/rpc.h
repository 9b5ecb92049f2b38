#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "api/identity.h"
#include "base/executor.h"
#include "base/result.h"
#include "base/task.h"

namespace parlance::api {

/// One call over a live connection of an operation that is served over HTTP as well.
struct RpcCall {
  Identity identity;
  boost::json::object params;  ///< the operation's body; a path parameter stands beside it under its name ("id")
  std::string body;            ///< the same as it came; "{}" where nothing came
  Executor& executor;          ///< the calling thread's: resume on it
};

/// Answers with the JSON text of the operation's reply.
using RpcHandler = std::function<Task<Result<std::string>>(RpcCall)>;

/// Operations by their operation id, as one dialect registers them and another serves them. Filled before the server
/// starts, then only read: any thread.
class RpcRegistry {
 public:
  void add(std::string method, RpcHandler handler) {
    handlers_.insert_or_assign(std::move(method), std::move(handler));
  }

  /// Null where there is no such method.
  RpcHandler const* find(std::string_view method) const {
    auto const found = handlers_.find(method);
    return found == handlers_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, RpcHandler, std::less<>> handlers_;
};

}  // namespace parlance::api
