#include "storage/sqlite/errors.h"

#include "base/log.h"
#include "storage/verb.h"

namespace parlance::storage::sqlite {

Error error_of(sqlite3* handle, int code, std::string_view sql) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return {Errc::conflict, "unique", {}, 0};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_TRIGGER: return {Errc::conflict, "constraint", {}, 0};
    default: break;
  }
  auto const message = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      log::warn("SQLite: {} ({}) in: {}", message, code, sql);
      return busy("the database is not available").error();
    default: log::error("SQLite: {} ({}) in: {}", message, code, sql); return {Errc::internal, "internal error", {}, 0};
  }
}

}  // namespace parlance::storage::sqlite
