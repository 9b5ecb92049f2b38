#pragma once

#include <expected>
#include <string>
#include <utility>

namespace parlance {

/// What went wrong, by meaning. Every edge (each dialect, the command line) translates these once, in one exhaustive
/// switch without `default`, so a new code does not build until every edge answers it.
enum class Errc {
  invalid_argument,      ///< the caller's input is wrong; `Error::field` names the part
  unauthenticated,       ///< no credential, or one that is not valid
  forbidden,             ///< known caller, not allowed
  not_found,             ///< absent, or another tenant's: the two are never told apart
  conflict,              ///< the state of the thing does not allow it (duplicate, already archived…)
  idempotency_mismatch,  ///< the same idempotency key came with another body
  payload_too_large,     ///< over a size limit
  unsupported_media,     ///< a content type that this operation does not take
  rate_limited,          ///< `Error::retry_after_seconds` says when to come back
  gone,                  ///< it was there once and is not coming back (a trimmed stream position)
  unavailable,           ///< a full queue, a failing disk, a server that is stopping: nothing was done, try again
  internal,              ///< a bug of ours
};

struct Error {
  Errc code = Errc::internal;
  std::string message;          ///< one sentence for the caller; never holds a secret or a path of this machine
  std::string field;            ///< the input's part at fault, empty where none is
  int retry_after_seconds = 0;  ///< for rate_limited and unavailable; 0 where unknown
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string message, std::string field = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(field), 0});
}

inline std::unexpected<Error> invalid(std::string field, std::string message) {
  return fail(Errc::invalid_argument, std::move(message), std::move(field));
}

}  // namespace parlance

/// Unwraps a Result, or returns its error from the enclosing function.
#define TRY(...)                                              \
  ({                                                          \
    auto try_result_ = (__VA_ARGS__);                         \
    if (!try_result_) [[unlikely]]                            \
      return std::unexpected(std::move(try_result_).error()); \
    *std::move(try_result_);                                  \
  })

/// The same for a coroutine that returns Task<Result<T>>.
#define CO_TRY(...)                                              \
  ({                                                             \
    auto try_result_ = (__VA_ARGS__);                            \
    if (!try_result_) [[unlikely]]                               \
      co_return std::unexpected(std::move(try_result_).error()); \
    *std::move(try_result_);                                     \
  })
