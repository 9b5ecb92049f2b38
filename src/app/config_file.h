#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace parlance::app {

/// The options of a TOML file by name, their values as text. Tables are joined to the names inside: `[retry] base_ms`
/// is `retry_base_ms`. invalid_argument, naming the file and the line, where it cannot be read or holds what no option
/// is.
Result<std::map<std::string, std::string>> read_config_file(std::string const& path);

}  // namespace parlance::app
