#pragma once

#include <string>

#include "app/config.h"
#include "base/result.h"
#include "storage/write_lane.h"

namespace parlance::app {

/// For --quickstart: makes the tenant "default" where the database has no tenant, and gives what to tell the operator:
/// the key, this once, and a curl session that works when pasted. `base_url` is where the server can be reached.
Result<std::string> quickstart_text(storage::WriteLanes& lanes, Config const& config, std::string const& base_url);

}  // namespace parlance::app
