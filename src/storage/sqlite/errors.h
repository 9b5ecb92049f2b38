#pragma once

#include <sqlite3.h>

#include <string_view>

#include "base/result.h"

namespace parlance::storage::sqlite {

/// What the extended result code means to a caller. Logs what is internal, with the SQL, and what the disk did.
Error error_of(sqlite3* handle, int code, std::string_view sql);

}  // namespace parlance::storage::sqlite
