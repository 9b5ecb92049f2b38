#include "http/io_thread.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <exception>
#include <iterator>
#include <list>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/gathered_posts.h"
#include "base/guarded.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"

namespace parlance::http {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

constexpr std::size_t kScratchBytes = 64 << 10;

class AsioReadiness final : public Readiness {
 public:
  AsioReadiness(asio::io_context& context, int descriptor) : descriptor_(context, descriptor), native_(descriptor) {}

  void wait_readable(std::shared_ptr<SocketListener> listener) override {
    descriptor_.async_wait(Descriptor::wait_read, [listener = std::move(listener)](boost::system::error_code error) {
      if (error != asio::error::operation_aborted) listener->on_readable();
    });
  }

  void wait_writable(std::shared_ptr<SocketListener> listener) override {
    descriptor_.async_wait(Descriptor::wait_write, [listener = std::move(listener)](boost::system::error_code error) {
      if (error != asio::error::operation_aborted) listener->on_writable();
    });
  }

  int descriptor() const override { return native_; }

  void close() override {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  Descriptor descriptor_;
  int native_;
};

/// An Executor::call_after in waiting, in the list that owns it.
class Alarm final : public TimerWheel::Timer {
 public:
  explicit Alarm(Executor::Action action) : action_(std::move(action)) {}

  std::list<Alarm>* owner = nullptr;
  std::list<Alarm>::iterator place;

 private:
  void on_timer() override {
    auto action = std::move(action_);
    owner->erase(place);
    action();
  }

  Executor::Action action_;
};

class AsioThread final : public IoThread {
 public:
  AsioThread() : work_(context_.get_executor()), ticker_(context_), scratch_(kScratchBytes) {}

  void post(Action action) override {
    if (GatheredPosts::take(*this, action)) return;
    auto const is_first = posted_.with([&](std::vector<Action>& posted) {
      posted.push_back(std::move(action));
      return posted.size() == 1;
    });
    if (is_first) wake();
  }

  /// OPTIMIZATION: what is posted while the loop is not there yet waits in one list, for which the loop is woken once.
  /// To wake it costs more than most actions, and a write lane completes a whole batch at a time.
  void post_all(std::vector<Action> actions) override {
    auto const is_first = posted_.with([&](std::vector<Action>& posted) {
      bool const was_empty = posted.empty();
      if (was_empty)
        posted = std::move(actions);
      else
        std::ranges::move(actions, std::back_inserter(posted));
      return was_empty;
    });
    if (is_first) wake();
  }

  void call_after(std::chrono::milliseconds delay, Action action) override {
    auto& alarm = alarms_.emplace_back(std::move(action));
    alarm.owner = &alarms_;
    alarm.place = std::prev(alarms_.end());
    arm(alarm, delay);
  }

  bool is_current() const override { return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }

  void run() override {
    name_thread("io");
    thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    while (!context_.stopped()) guard([this] { context_.run(); });
  }

  void stop() override { context_.stop(); }

  std::unique_ptr<Readiness> watch(int descriptor) override {
    return std::make_unique<AsioReadiness>(context_, descriptor);
  }

  void arm(TimerWheel::Timer& timer, std::chrono::milliseconds delay) override {
    // The wheel stands still while it is empty, so its first timer sets the pace anew.
    if (wheel_.size() == 0 && !ticking_) start_ticking();
    wheel_.arm(timer, delay);
  }

  void cancel(TimerWheel::Timer& timer) override { wheel_.cancel(timer); }

  void flush_later(std::shared_ptr<Flushable> flushable) override {
    dirty_.push_back(std::move(flushable));
    if (dirty_.size() == 1) asio::post(context_, [this] { flush_all(); });
  }

  std::span<char> scratch() override { return scratch_; }

  std::string_view http_date() override {
    std::time_t const now = std::time(nullptr);
    if (now != date_second_) {
      date_second_ = now;
      std::tm parts{};
      gmtime_r(&now, &parts);
      char text[40];
      date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    }
    return date_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// An exception here is a bug in somebody's callback. It costs that callback, not the server.
  template <typename Callback>
  static void guard(Callback&& callback) {
    try {
      callback();
    } catch (std::exception const& exception) {
      std::string line;
      append_json_string(line, std::string("an I/O callback threw: ") + exception.what());
      log::error("{}", line);
    }
  }

  void wake() {
    asio::post(context_, [this] { run_posted(); });
  }

  void run_posted() {
    auto actions = posted_.with([](std::vector<Action>& posted) { return std::exchange(posted, {}); });
    for (auto& action : actions) {
      if (context_.stopped()) return;
      guard(action);
    }
  }

  void flush_all() {
    auto batch = std::move(dirty_);
    dirty_.clear();
    for (auto const& item : batch) item->flush();
    batch.clear();
    if (dirty_.empty()) dirty_ = std::move(batch);  // Keeps the capacity.
  }

  void start_ticking() {
    ticking_ = true;
    last_tick_ = Clock::now();
    wait_for_tick();
  }

  void wait_for_tick() {
    ticker_.expires_at(last_tick_ + TimerWheel::kTick);
    ticker_.async_wait([this](boost::system::error_code error) {
      if (!error) tick();
    });
  }

  void tick() {
    auto const ticks = (Clock::now() - last_tick_) / TimerWheel::kTick;
    last_tick_ += ticks * TimerWheel::kTick;
    wheel_.advance(ticks);
    if (wheel_.size() == 0) {
      ticking_ = false;
    } else {
      wait_for_tick();
    }
  }

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer ticker_;
  TimerWheel wheel_;
  Guarded<std::vector<Action>> posted_;
  bool ticking_ = false;
  Clock::time_point last_tick_;
  std::vector<std::shared_ptr<Flushable>> dirty_;
  std::list<Alarm> alarms_;
  std::vector<char> scratch_;
  std::time_t date_second_ = 0;
  std::string date_;
  std::atomic<std::thread::id> thread_;
};

}  // namespace

std::unique_ptr<IoThread> IoThread::create() { return std::make_unique<AsioThread>(); }

}  // namespace parlance::http
