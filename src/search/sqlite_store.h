#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "search/search_file.h"
#include "search/store.h"
#include "storage/database.h"
#include "storage/reconnect.h"

namespace parlance::search {

/// The index in a file of its own, filled from the log by position.
class SqliteStore final : public Store {
 public:
  /// `log` must outlive the store. Error: unavailable.
  static Result<std::unique_ptr<Store>> open(storage::Database& log, std::string const& directory);

  Result<void> fill(std::stop_token const& stop) override;
  bool is_building() const override { return is_building_; }
  Result<bool> is_current(storage::Transaction& log) override;
  Result<std::vector<MessageId>> find(Request const& request) override;
  Result<void> read(std::function<Result<void>(storage::Transaction&)> const& action) override;

 private:
  /// What of the log a step of the indexer is to do.
  struct Step {
    Progress after;
    std::vector<Change> changes;
    std::vector<ThreadSource> threads;  ///< that are new or have changed beside their messages
    bool is_foreign = false;            ///< the index was filled from another log, or this one was trimmed too far
  };

  /// How far the index is, for those who ask.
  struct Published {
    Position position{0, "-"};  ///< this one while the index is incomplete
    std::int64_t thread_change = 0;
  };

  enum class Outcome { more, done, foreign };

  SqliteStore(std::unique_ptr<storage::Connection> log, std::unique_ptr<SearchFile> file)
      : log_(std::move(log)), reconnect_(*log_), file_(std::move(file)) {}

  template <typename Action>
  auto read_log(Action action) -> std::invoke_result_t<Action&, storage::Transaction&>;

  Result<void> repair();
  template <typename T>
  Result<T> noting_damage(Result<T> result);
  Result<Published> target(storage::Transaction& log);
  Result<Outcome> advance(Published const& target);
  Result<Step> next_step(storage::Transaction& log);
  Result<void> scan(storage::Transaction& log, Step& step);
  Result<void> read_threads(storage::Transaction& log, std::vector<ThreadKey> const& changed, Step& step);
  Result<void> write(Step const& step);
  Result<void> forget_removed_tenants();
  void publish();

  std::unique_ptr<storage::Connection> log_;
  storage::Reconnect reconnect_;
  std::unique_ptr<SearchFile> file_;
  std::int64_t next_check_ = 0;       // of damage; monotonic
  std::int64_t next_forgetting_ = 0;  // monotonic
  std::atomic<bool> is_building_ = false;
  std::atomic<bool> is_suspect_ = false;  // somebody has met what may be damage
  Guarded<Published> published_;
};

}  // namespace parlance::search
