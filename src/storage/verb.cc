#include "storage/verb.h"

#include <exception>

#include "base/log.h"

namespace parlance::storage {

Result<void> run_verb(Verb& verb, Transaction& transaction) {
  transaction.start_verb();
  try {
    return verb(transaction);
  } catch (std::exception const& exception) {
    log::error("a verb threw: {}", exception.what());
  } catch (...) {
    log::error("a verb threw something that is no exception");
  }
  return fail(Errc::internal, "internal error");
}

void complete(Done& done, Result<void> outcome) {
  try {
    done(std::move(outcome));
  } catch (std::exception const& exception) {
    log::error("the completion of a verb threw: {}", exception.what());
  }
}

std::unexpected<Error> busy(std::string message) {
  return std::unexpected(Error{Errc::unavailable, std::move(message), {}, 1});
}

}  // namespace parlance::storage
