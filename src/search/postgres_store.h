#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "search/connection_pool.h"
#include "search/store.h"
#include "storage/database.h"
#include "storage/reconnect.h"

namespace parlance::search {

/// The index in table message_words of the database itself, filled by any node from search_queue, which a trigger
/// writes in the message's own transaction.
class PostgresStore final : public Store {
 public:
  /// `database` must outlive the store. Error: unavailable.
  static Result<std::unique_ptr<Store>> open(storage::Database& database);

  Result<void> fill(std::stop_token const& stop) override;
  bool is_building() const override { return is_building_; }
  Result<bool> is_current(storage::Transaction& log) override;
  Result<std::vector<MessageId>> find(Request const& request) override;
  Result<void> read(std::function<Result<void>(storage::Transaction&)> const& action) override;

 private:
  PostgresStore(storage::Database& database, std::unique_ptr<storage::Connection> writer)
      : writer_(std::move(writer)), reconnect_(*writer_), readers_(database) {}

  template <typename Action>
  auto write(Action action) -> std::invoke_result_t<Action&, storage::Transaction&>;

  std::unique_ptr<storage::Connection> writer_;
  storage::Reconnect reconnect_;
  ConnectionPool readers_;
  std::atomic<bool> is_building_ = false;
};

}  // namespace parlance::search
