#pragma once

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/param.h"
#include "storage/row.h"

namespace parlance::storage::sqlite {

/// `$1` as `?1` and so on, outside of quotes and comments: to SQLite `$1` would be a name, numbered as it appears.
std::string with_numbered_parameters(std::string_view sql);

/// A prepared statement.
class Statement {
 public:
  /// Error: as errors.h; internal where `sql` is not exactly one statement.
  static Result<Statement> prepare(sqlite3* handle, std::string_view sql);

  sqlite3_stmt* get() const { return statement_.get(); }
  bool writes() const { return writes_; }

  /// An SQLite result code. The params must outlive the statement's run.
  int bind(std::span<Param const> params) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  bool writes_ = false;
};

/// The row that a statement stands on; reads straight from SQLite's memory.
class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}

  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override;
  std::string_view bytes(int column) const override;
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace parlance::storage::sqlite
