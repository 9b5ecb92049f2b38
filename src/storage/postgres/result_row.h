#pragma once

#include <libpq-fe.h>

#include <string>
#include <string_view>
#include <vector>

#include "storage/row.h"

namespace parlance::storage::postgres {

/// A row of an answer in text format.
class ResultRow final : public Row {
 public:
  explicit ResultRow(PGresult const* result) : result_(result) {}

  void move_to(int row) { row_ = row; }

  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;
  std::string_view bytes(int column) const override;
  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }

 private:
  PGresult const* result_;
  int row_ = 0;
  mutable std::vector<std::string> decoded_;  // by column: the octets last asked for
};

}  // namespace parlance::storage::postgres
