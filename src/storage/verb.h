#pragma once

#include <functional>
#include <future>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "storage/transaction.h"

namespace parlance::storage {

/// What to do in a transaction. On a write lane it may run MORE THAN ONCE, each time in a transaction from which its
/// earlier run has been rolled back, so it must not consume its captures. An error from it undoes all that it wrote
/// and announced, and nothing else.
using Verb = std::move_only_function<Result<void>(Transaction&)>;

/// Called exactly once with the outcome. Must be quick and not throw.
using Done = std::move_only_function<void(Result<void>)>;

/// Runs the verb with now() and wrote() reset. An exception is a bug of the verb's: logged, and internal.
Result<void> run_verb(Verb& verb, Transaction& transaction);

/// Hands the outcome over; an exception out of `done` is logged.
void complete(Done& done, Result<void> outcome);

/// unavailable, come back in a second.
std::unexpected<Error> busy(std::string message);

/// Submits `action`, a callable Result<T>(Transaction&), by `submit(Verb, Done)`, and waits for its outcome.
template <class Action, class Submit>
auto run_blocking(Action& action, Submit submit) -> std::invoke_result_t<Action&, Transaction&> {
  std::optional<std::invoke_result_t<Action&, Transaction&>> value;
  std::promise<Result<void>> promise;
  auto outcome = promise.get_future();
  submit(
      [&](Transaction& transaction) -> Result<void> {
        value.emplace(action(transaction));
        if (!*value) return std::unexpected(value->error());
        return {};
      },
      [promise = std::move(promise)](Result<void> result) mutable { promise.set_value(std::move(result)); });
  TRY(outcome.get());
  return *std::move(value);
}

}  // namespace parlance::storage
