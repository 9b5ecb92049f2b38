#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "api/await.h"
#include "api/identity.h"
#include "api/services.h"
#include "api/token_bucket.h"
#include "base/executor.h"
#include "base/json.h"
#include "base/result.h"
#include "base/task.h"
#include "dialects/conversations/routes.h"
#include "http/describe.h"
#include "http/request.h"
#include "http/response.h"

/// The operations are plain functions of who calls and what with, so that one function serves HTTP and `rpc`.
namespace parlance::conversations {

/// What all operations share.
struct Dialect {
  Dialect(api::Services& all, Stores given, Options chosen)
      : services(all),
        stores(given),
        options(chosen),
        typing_limit({.burst = chosen.typing_burst, .per_second = chosen.typing_per_second}) {}

  api::Services& services;
  Stores stores;
  Options options;
  api::LimiterMap typing_limit;
};

/// One call of an operation. Lives until its task is done.
struct Call {
  api::Identity const& identity;
  boost::json::value body;
  std::string id;  ///< "{id}" of the path; empty where the path has none
  Executor& executor;
  http::Request* request = nullptr;  ///< null for a call over a live connection

  core::Caller const& caller() const { return identity.caller; }
};

/// Answers with a body of JSON text.
using Operation = Task<Result<http::Response>> (*)(Dialect&, Call&);

/// The described body of a call. Every error names a field: "body" where no narrower one is at fault.
template <typename T>
Result<T> read_body(Call const& call) {
  auto body = http::decode<T>(call.body);
  if (!body && body.error().field.empty()) body.error().field = "body";
  return body;
}

/// "{id}" of the path; invalid_argument on "id" where it is not a decimal id.
Result<ConversationId> conversation_in_path(Call const& call);
Result<MessageId> message_in_path(Call const& call);

/// Runs `verb` on a read-only snapshot.
template <class F>
Task<api::VerbResult<F>> read(Dialect& dialect, Call& call, F verb) {
  return api::read(dialect.services, call.executor, std::move(verb));
}

/// Runs `verb` in the lane of `key` and answers with `render(value)`. Over HTTP an Idempotency-Key makes it safe to
/// repeat (see api::perform).
template <class F, class R>
Task<Result<http::Response>> write(Dialect& dialect, Call& call, std::int64_t key, F verb, R render) {
  if (call.request != nullptr) {
    co_return co_await api::perform(dialect.services, *call.request, key, std::move(verb), std::move(render));
  }
  auto const value = CO_TRY(co_await api::write(dialect.services, call.executor, key, std::move(verb)));
  co_return render(value);
}

/// The conversation of the message in the path, which decides the lane.
Task<Result<ConversationId>> conversation_of_message(Dialect& dialect, Call& call, MessageId id);

inline http::Response empty_reply() { return http::Response::json(200, "{}"); }

}  // namespace parlance::conversations
