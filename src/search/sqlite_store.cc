#include "search/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "search/fts5_query.h"

namespace parlance::search {

namespace {

/// OPTIMIZATION: the more messages to a step, the more of their words fall together: of 300,000 messages in 12,000
/// threads each took 49 µs at 2,000, 36 at 8,000. The bytes bound what a step of long messages needs of memory.
constexpr StretchLimit kStep{8000, 8 << 20};

/// How often an error that may mean damage is looked into: that reads the whole index.
constexpr std::int64_t kCheckPause = 60 * kSecond;

constexpr std::int64_t kForgetPause = 5 * kSecond;

std::optional<ConversationId> conversation_of(std::string_view scope) {
  auto const at = scope.find('c');
  ConversationId id;
  if (at == scope.npos) return std::nullopt;
  std::from_chars(scope.data() + at + 1, scope.data() + scope.size(), id.value);
  return id;
}

Result<std::vector<MessageId>> find_in_index(storage::Connection& connection, Request const& request,
                                             MessageId before) {
  storage::Transaction transaction(connection);
  return transaction.all(
      "SELECT rowid FROM words WHERE words MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3 OFFSET $4",
      {fts5_query(request.terms, fts5_scope(request.conversations)), before, request.count, request.offset},
      [](storage::Row const& row) { return row.id<MessageId>(0); });
}

/// Goes through all of the tenant's matches until enough lie in the conversations that were asked for.
Result<std::vector<MessageId>> find_in_list(storage::Connection& connection, Request const& request, MessageId before) {
  std::vector<MessageId> found;
  auto skip = request.offset;
  auto visit = [&](storage::Row const& row) {
    auto const conversation = conversation_of(row.text(1));
    if (!conversation || !std::ranges::binary_search(request.conversations, *conversation)) return true;
    if (skip > 0)
      --skip;
    else
      found.push_back(row.id<MessageId>(0));
    return found.size() < request.count;
  };
  auto const query = fts5_query(request.terms, fts5_scope(request.tenant));
  storage::Param const params[] = {query, before};
  TRY(connection.run("SELECT rowid, scope FROM words WHERE words MATCH $1 AND rowid < $2 ORDER BY rowid DESC", params,
                     visit));
  return found;
}

}  // namespace

Result<std::unique_ptr<Store>> SqliteStore::open(storage::Database& log, std::string const& directory) {
  auto connection = TRY(log.connect(storage::Access::read_only));
  auto file = TRY(SearchFile::open(directory + "/search.db"));
  auto store = std::unique_ptr<SqliteStore>(new SqliteStore(std::move(connection), std::move(file)));
  store->publish();
  return store;
}

template <typename Action>
auto SqliteStore::read_log(Action action) -> std::invoke_result_t<Action&, storage::Transaction&> {
  TRY(reconnect_.ensure());
  TRY(log_->begin());
  storage::Transaction transaction(*log_);
  auto result = action(transaction);
  log_->rollback();
  return result;
}

Result<void> SqliteStore::fill(std::stop_token const& stop) {
  TRY(repair());
  auto const goal = TRY(read_log([&](storage::Transaction& log) { return target(log); }));
  for (auto outcome = Outcome::more; outcome != Outcome::done && !stop.stop_requested();) {
    outcome = TRY(advance(goal));
    if (outcome != Outcome::foreign) continue;
    log::info("the search index is not of this log and is built again");
    TRY(file_->reset());
    publish();
  }
  return forget_removed_tenants();
}

Result<SqliteStore::Published> SqliteStore::target(storage::Transaction& log) {
  return Published{TRY(newest_position(log)), TRY(newest_thread_change(log))};
}

/// One step towards what was there when the pass began. Done with the log before it writes: the log's WAL cannot be
/// started over while somebody reads it, and senders wait for that.
Result<SqliteStore::Outcome> SqliteStore::advance(Published const& target) {
  auto const step = TRY(read_log([&](storage::Transaction& log) { return next_step(log); }));
  if (step.is_foreign) return Outcome::foreign;
  auto const& before = file_->progress();
  bool const is_following = before.stage == Progress::Stage::following;
  if (is_following && step.after.position == before.position && step.after.thread_change == before.thread_change)
    return Outcome::done;
  if (auto const written = write(step); !written) {
    is_suspect_ = is_suspect_ || written.error().code == Errc::internal;
    return std::unexpected(written.error());
  }
  publish();
  bool const is_done = step.after.stage == Progress::Stage::following && step.after.position.id >= target.position.id &&
                       step.after.thread_change >= target.thread_change;
  return is_done ? Outcome::done : Outcome::more;
}

Result<void> SqliteStore::write(Step const& step) {
  return file_->write(step.after, [&](storage::Transaction& transaction) {
    return file_->apply(transaction, step.changes, step.threads);
  });
}

Result<void> SqliteStore::repair() {
  bool const may_be_damaged = is_suspect_ && monotonic_now() >= next_check_;
  if (may_be_damaged) {
    is_suspect_ = false;
    next_check_ = monotonic_now() + kCheckPause;
  }
  if (file_->is_open() && (!may_be_damaged || file_->is_sound())) return {};
  log::warn("search.db is damaged and is built again");
  TRY(file_->reset());
  publish();
  return {};
}

Result<SqliteStore::Step> SqliteStore::next_step(storage::Transaction& log) {
  Step step;
  step.after = file_->progress();
  auto& progress = step.after;
  if (progress.stage == Progress::Stage::empty) {
    // Whatever happens from here on comes as an event above this one.
    progress.position = TRY(newest_position(log));
    progress.stage = Progress::Stage::scanning;
  } else if (!TRY(holds_position(log, progress.position))) {
    step.is_foreign = true;
    return step;
  }
  auto const changed = TRY(read_thread_changes(log, progress.thread_change, kStep.rows));
  progress.thread_change = changed.end;
  if (progress.stage == Progress::Stage::scanning) {
    TRY(scan(log, step));
  } else {
    auto stretch = TRY(read_events(log, progress.position, kStep));
    progress.position = std::move(stretch.end);
    step.changes = std::move(stretch.changes);
  }
  TRY(read_threads(log, changed.threads, step));
  return step;
}

Result<void> SqliteStore::scan(storage::Transaction& log, Step& step) {
  auto stretch = TRY(read_messages(log, step.after.scanned, kStep));
  step.changes = std::move(stretch.messages);
  if (stretch.is_last)
    step.after.stage = Progress::Stage::following;
  else
    step.after.scanned = step.changes.back().message;
  return {};
}

Result<void> SqliteStore::read_threads(storage::Transaction& log, std::vector<ThreadKey> const& changed, Step& step) {
  std::vector<ThreadKey> written_to;
  for (auto const& change : step.changes)
    if (change.conversation) written_to.push_back({change.tenant, change.conversation});
  std::vector<ThreadKey> keys;
  TRY(read([&](storage::Transaction& index) -> Result<void> {
    keys = TRY(ThreadWriter(index).to_be_read(changed, written_to));
    return {};
  }));
  step.threads = TRY(read_thread_sources(log, keys));
  return {};
}

/// There is no event for the end of a tenant.
Result<void> SqliteStore::forget_removed_tenants() {
  if (monotonic_now() < next_forgetting_) return {};
  auto removed = file_->tenants();
  TRY(read_log([&](storage::Transaction& log) {
    return log.each("SELECT id FROM tenants", {}, [&](storage::Row const& row) { removed.erase(row.id<TenantId>(0)); });
  }));
  for (auto const tenant : removed) {
    TRY(file_->write(file_->progress(),
                     [&](storage::Transaction& transaction) { return file_->forget(transaction, tenant); }));
  }
  next_forgetting_ = monotonic_now() + kForgetPause;
  return {};
}

void SqliteStore::publish() {
  auto const& progress = file_->progress();
  bool const is_complete = progress.stage == Progress::Stage::following;
  is_building_ = progress.stage == Progress::Stage::scanning;
  published_.with([&](Published& published) {
    published = is_complete ? Published{progress.position, progress.thread_change} : Published{};
  });
}

Result<bool> SqliteStore::is_current(storage::Transaction& log) {
  auto const newest = TRY(target(log));
  return published_.with([&](Published const& published) {
    return published.position == newest.position && published.thread_change >= newest.thread_change;
  });
}

/// What a reader has met may be damage: the index is looked through then.
template <typename T>
Result<T> SqliteStore::noting_damage(Result<T> result) {
  if (result || result.error().code != Errc::internal) return result;
  is_suspect_ = true;
  return fail(Errc::unavailable, "the search index is not available");
}

Result<std::vector<MessageId>> SqliteStore::find(Request const& request) {
  auto const before = request.before ? request.before : MessageId{std::numeric_limits<std::int64_t>::max()};
  return noting_damage(file_->read([&](storage::Connection& connection) {
    return request.conversations.size() <= kIndexedScope ? find_in_index(connection, request, before)
                                                         : find_in_list(connection, request, before);
  }));
}

Result<void> SqliteStore::read(std::function<Result<void>(storage::Transaction&)> const& action) {
  return noting_damage(file_->read([&](storage::Connection& connection) {
    storage::Transaction index(connection);
    return action(index);
  }));
}

}  // namespace parlance::search
