#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "api/idempotency.h"
#include "api/lanes.h"
#include "api/services.h"
#include "base/result.h"
#include "base/task.h"
#include "http/request.h"
#include "http/response.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

/// From a coroutine on an I/O thread to blocking verbs and back. A verb is a callable `Result<T>(Transaction&)`; it
/// runs on another thread while the coroutine waits, so it may refer to the coroutine's locals, and it may run more
/// than once, so it must not consume them.
namespace parlance::api {

/// Runs `verb` in a write lane and resumes on `executor`, which is the calling thread's. `key` is the conversation that
/// it is about, or the tenant's id.
template <class F>
Task<VerbResult<F>> write(Services& services, Executor& executor, std::int64_t key, F verb) {
  return write(services.lanes, executor, key, std::move(verb));
}

/// The same on a read-only snapshot.
template <class F>
Task<VerbResult<F>> read(Services& services, Executor& executor, F verb) {
  return read(services.reads, executor, std::move(verb));
}

/// The write of a handler: runs `verb` in the lane and answers with `render(value)`, an http::Response whose body is
/// text. With an Idempotency-Key (POST only) both run in the lane, and the answer is stored in the verb's own
/// transaction: the same key with the same request gives the first answer again, marked `Idempotency-Replayed: true`,
/// and neither runs; with another request it is idempotency_mismatch. Errors are not stored. So `render` must not touch
/// what belongs to the I/O thread. `content` stands for a body that was streamed (its digest).
template <class F, class R>
Task<Result<http::Response>> perform(Services& services, http::Request& request, std::int64_t key, F verb, R render,
                                     std::string_view content = {}) {
  auto const guard = CO_TRY(IdempotencyGuard::of(request, content));
  if (!guard) {
    auto const value = CO_TRY(co_await write(services, request.executor(), key, std::move(verb)));
    co_return render(value);
  }
  for (int attempt = 0;; ++attempt) {
    bool raced = false;
    auto answer =
        co_await write(services, request.executor(), key, [&](storage::Transaction& tx) -> Result<http::Response> {
          raced = false;
          if (auto stored = TRY(guard->find(tx))) return *std::move(stored);
          auto const value = TRY(verb(tx));
          http::Response response = render(value);
          auto kept = guard->store(tx, response);
          raced = !kept && kept.error().code == Errc::conflict;
          if (!kept) return std::unexpected(std::move(kept).error());
          return response;
        });
    if (!raced || attempt == kIdempotencyRetries) co_return answer;
  }
}

}  // namespace parlance::api
