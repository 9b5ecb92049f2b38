#include "storage/postgres/errors.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"
#include "storage/verb.h"

namespace parlance::storage::postgres {
namespace {

constexpr std::string_view kUnique = "23505";
constexpr std::string_view kBadText = "22021";
constexpr std::string_view kAborted = "25P02";  // the statement before this one failed, and has been reported

/// Foreign key, check, exclusion.
constexpr std::array<std::string_view, 3> kConstraints = {"23503", "23514", "23P01"};

/// By prefix: connection lost, contention, out of resources, shutting down, disk, lock or statement timeout.
constexpr std::array<std::string_view, 8> kUnavailable = {"080", "40", "53", "57P", "58030", "55P03", "57014", "25006"};

}  // namespace

std::string_view sqlstate(PGresult const* result) {
  auto const state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  return state ? state : "";
}

bool is_contention(std::string_view sqlstate) { return sqlstate == "40001" || sqlstate == "40P01"; }

Error error_of(PGconn* connection, PGresult const* result, std::string_view sql) {
  auto const state = sqlstate(result);
  if (state == kUnique) return {Errc::conflict, "unique", {}, 0};
  if (std::ranges::find(kConstraints, state) != kConstraints.end()) return {Errc::conflict, "constraint", {}, 0};
  if (state == kBadText) return {Errc::invalid_argument, "text must be UTF-8", {}, 0};
  if (state == kAborted) return {Errc::internal, "an earlier statement of the transaction failed", {}, 0};
  // Not the detail, which may quote values.
  auto const primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  auto const message = trim(primary ? primary : PQerrorMessage(connection));
  if (PQstatus(connection) == CONNECTION_BAD ||
      std::ranges::any_of(kUnavailable, [&](std::string_view prefix) { return state.starts_with(prefix); })) {
    log::warn("PostgreSQL: {} ({}) in: {}", message, state, sql);
    return busy("the database is not available").error();
  }
  log::error("PostgreSQL: {} ({}) in: {}", message, state, sql);
  return {Errc::internal, "internal error", {}, 0};
}

}  // namespace parlance::storage::postgres
