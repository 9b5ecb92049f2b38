#include "files/system_error.h"

#include <cerrno>
#include <system_error>

#include "base/log.h"

namespace parlance::files {

std::unexpected<Error> system_failure(std::string_view what) {
  log::warn("files: {}: {}", what, std::generic_category().message(errno));
  return fail(Errc::unavailable, "the file storage is not available");
}

}  // namespace parlance::files
