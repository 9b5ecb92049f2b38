#include "storage/transaction.h"

namespace parlance::storage {

Result<std::int64_t> Transaction::execute(std::string_view sql, std::span<Param const> params) {
  auto ignore = [](Row const&) { return false; };
  return connection_.run(sql, params, ignore);
}

Result<void> Transaction::each(std::string_view sql, std::span<Param const> params,
                               std::function<void(Row const&)> const& visit) {
  auto visit_all = [&](Row const& row) {
    visit(row);
    return true;
  };
  TRY(connection_.run(sql, params, visit_all));
  return {};
}

void Transaction::start_verb() {
  now_ = parlance::now();
  writes_before_ = connection_.writes();
}

void Transaction::discard_announced(std::size_t count) {
  announced_.erase(announced_.begin() + static_cast<std::ptrdiff_t>(count), announced_.end());
}

}  // namespace parlance::storage
