#include "storage/sqlite/statement.h"

#include <cctype>

#include "base/text.h"
#include "storage/sql_scan.h"
#include "storage/sqlite/errors.h"

namespace parlance::storage::sqlite {
namespace {

/// SQLite takes a null pointer for NULL, whatever the size; an empty view may have one.
char const* non_null(std::string_view view) { return view.data() ? view.data() : ""; }

int bind_one(sqlite3_stmt* statement, int index, Param const& param) {
  if (param.is_null()) return sqlite3_bind_null(statement, index);
  switch (param.type()) {
    case Param::Type::unknown: return sqlite3_bind_null(statement, index);
    case Param::Type::integer: return sqlite3_bind_int64(statement, index, param.integer());
    case Param::Type::real: return sqlite3_bind_double(statement, index, param.real());
    case Param::Type::text:
      return sqlite3_bind_text64(statement, index, non_null(param.view()), param.view().size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    case Param::Type::bytes:
      return sqlite3_bind_blob64(statement, index, non_null(param.view()), param.view().size(), SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

}  // namespace

std::string with_numbered_parameters(std::string_view sql) {
  std::string result;
  result.reserve(sql.size());
  while (!sql.empty()) {
    auto const quoted = skip_quoted(sql);
    auto const is_parameter = sql.size() > 1 && sql[0] == '$' && std::isdigit(static_cast<unsigned char>(sql[1]));
    result.append(is_parameter ? "?" : sql.substr(0, quoted ? quoted : 1));
    sql.remove_prefix(quoted ? quoted : 1);
  }
  return result;
}

Result<Statement> Statement::prepare(sqlite3* handle, std::string_view sql) {
  auto const rewritten = with_numbered_parameters(sql);
  sqlite3_stmt* prepared = nullptr;
  char const* rest = nullptr;
  auto const code = sqlite3_prepare_v3(handle, rewritten.c_str(), static_cast<int>(rewritten.size()) + 1,
                                       SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
  Statement statement;
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) return std::unexpected(error_of(handle, code, sql));
  if (!prepared || !trim(rest).empty()) return std::unexpected(error_of(nullptr, SQLITE_MISUSE, sql));
  statement.writes_ = !sqlite3_stmt_readonly(prepared);
  return statement;
}

int Statement::bind(std::span<Param const> params) const {
  if (sqlite3_bind_parameter_count(get()) != static_cast<int>(params.size())) return SQLITE_RANGE;
  for (int index = 0; auto const& param : params)
    if (auto const code = bind_one(get(), ++index, param); code != SQLITE_OK) return code;
  return SQLITE_OK;
}

std::string_view StatementRow::text(int column) const {
  auto const data = reinterpret_cast<char const*>(sqlite3_column_text(statement_, column));
  return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

std::string_view StatementRow::bytes(int column) const {
  auto const data = static_cast<char const*>(sqlite3_column_blob(statement_, column));
  return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

}  // namespace parlance::storage::sqlite
