#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "base/result.h"

namespace parlance::storage::postgres {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

/// The SQLSTATE of a failed answer; empty where the server did not get to give one.
std::string_view sqlstate(PGresult const* result);

/// True for a deadlock and a serialization failure: the same transaction may well succeed when run again.
bool is_contention(std::string_view sqlstate);

/// What the failed answer means to a caller. Logs what is internal, with the SQL, and what went wrong on the server.
Error error_of(PGconn* connection, PGresult const* result, std::string_view sql);

}  // namespace parlance::storage::postgres
