#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "base/task.h"
#include "storage/read_pool.h"
#include "storage/verb.h"
#include "storage/write_lane.h"

/// What await.h gives handlers, for those who stand below Services.
namespace parlance::api {

template <class F>
using VerbResult = std::invoke_result_t<F&, storage::Transaction&>;

/// Hands `verb` over with `submit(Verb, Done)` and resumes on `executor`, which is the calling thread's.
template <class F, class Submit>
Task<VerbResult<F>> submitted(Executor& executor, F verb, Submit submit) {
  std::optional<VerbResult<F>> value;
  auto run = [&](storage::Transaction& tx) -> Result<void> {
    value.emplace(verb(tx));
    if (!*value) return std::unexpected(value->error());
    return {};
  };
  CO_TRY(co_await callback<Result<void>>(executor, [&](auto resume) { submit(run, std::move(resume)); }));
  co_return *std::move(value);
}

template <class F>
Task<VerbResult<F>> read(storage::ReadPool& reads, Executor& executor, F verb) {
  return submitted(executor, std::move(verb),
                   [&reads](storage::Verb run, storage::Done done) { reads.submit(std::move(run), std::move(done)); });
}

template <class F>
Task<VerbResult<F>> write(storage::WriteLanes& lanes, Executor& executor, std::int64_t key, F verb) {
  return submitted(executor, std::move(verb), [&lanes, key](storage::Verb run, storage::Done done) {
    lanes.submit(key, std::move(run), std::move(done));
  });
}

}  // namespace parlance::api
