#include "dialects/snapbooks/runs.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "api/identity.h"
#include "core/action_runs.h"
#include "core/code_blocks.h"

namespace parlance::snapbooks {
namespace {

/// What a wait has ended with.
enum class Ring { nothing_waits, job_ended, patience_ended };

/// Whichever comes first resumes the handler; the others find that it is done.
class Wakeup {
 public:
  explicit Wakeup(std::move_only_function<void(Ring)> resume) : resume_(std::move(resume)) {}

  void ring(Ring why) {
    if (!is_rung_.exchange(true)) resume_(why);
  }

 private:
  std::atomic<bool> is_rung_ = false;
  std::move_only_function<void(Ring)> resume_;
};

/// Rings where nothing is waiting: what has ended before anybody listened is not told.
void look(Dialect& dialect, TenantId tenant, ConversationId thread, std::shared_ptr<Wakeup> const& wakeup) {
  auto const is_waiting = std::make_shared<bool>(true);
  dialect.services.reads.submit(
      [=](storage::Transaction& tx) -> Result<void> {
        *is_waiting = TRY(core::has_pending_runs(tx, tenant, thread));
        return {};
      },
      [=](Result<void> const& done) {
        if (!done || !*is_waiting) wakeup->ring(Ring::nothing_waits);
      });
}

Task<Ring> wait_once(Dialect& dialect, http::Request& request, ConversationId thread,
                     std::chrono::milliseconds patience) {
  auto const tenant = api::caller_of(request).tenant;
  std::uint64_t ticket = 0;
  auto const why = co_await callback<Ring>(request.executor(), [&](auto resume) {
    auto const wakeup = std::make_shared<Wakeup>(std::move(resume));
    ticket = dialect.completions.wait(thread, [wakeup] { wakeup->ring(Ring::job_ended); });
    request.executor().call_after(patience, [wakeup] { wakeup->ring(Ring::patience_ended); });
    look(dialect, tenant, thread, wakeup);
  });
  dialect.completions.cancel(thread, ticket);
  co_return why;
}

}  // namespace

Task<void> wait_for_runs(Dialect& dialect, http::Request& request, ConversationId thread, std::string_view text) {
  if (core::find_code_blocks(text).empty()) co_return;
  auto const begun = std::chrono::steady_clock::now();
  auto left = dialect.options.patience;
  // A job may end while others of the thread are still waiting.
  while (left.count() > 0 && co_await wait_once(dialect, request, thread, left) == Ring::job_ended) {
    auto const passed = std::chrono::steady_clock::now() - begun;
    left = dialect.options.patience - std::chrono::duration_cast<std::chrono::milliseconds>(passed);
  }
}

}  // namespace parlance::snapbooks
