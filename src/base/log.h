#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

#include "base/result.h"

namespace parlance::log {

enum class Format { text, json };

/// Sets up the process's one logger on standard error. Call once, before any thread starts. `level` is one of trace,
/// debug, info, warning, error, off; another word is an invalid_argument error.
Result<void> start(std::string_view level, Format format);

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

}  // namespace parlance::log
