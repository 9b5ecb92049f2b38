#include "dialects/snapbooks/runs.h"

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "api/identity.h"
#include "core/action_runs.h"
#include "core/code_blocks.h"

namespace parlance::snapbooks {
namespace {

/// Whichever comes first resumes the handler; the others find that it is done.
class Wakeup {
 public:
  explicit Wakeup(std::move_only_function<void()> resume) : resume_(std::move(resume)) {}

  void ring() {
    if (!is_rung_.exchange(true)) resume_();
  }

 private:
  std::atomic<bool> is_rung_ = false;
  std::move_only_function<void()> resume_;
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
        if (!done || !*is_waiting) wakeup->ring();
      });
}

}  // namespace

Task<void> wait_for_runs(Dialect& dialect, http::Request& request, ConversationId thread, std::string_view text) {
  if (core::find_code_blocks(text).empty()) co_return;
  auto const tenant = api::caller_of(request).tenant;
  std::uint64_t ticket = 0;
  co_await callback<bool>(request.executor(), [&](auto resume) {
    auto const wakeup = std::make_shared<Wakeup>([resume = std::move(resume)]() mutable { resume(true); });
    // A job may end while others of the thread are still waiting.
    ticket = dialect.completions.wait(thread, [wakeup] { wakeup->ring(); });
    request.executor().call_after(dialect.options.patience, [wakeup] { wakeup->ring(); });
    look(dialect, tenant, thread, wakeup);
  });
  dialect.completions.cancel(thread, ticket);
}

}  // namespace parlance::snapbooks
