#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <string>

namespace parlance::log {

Result<void> start(std::string_view level, Format format) {
  auto const parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") return invalid("log_level", "unknown log level");
  auto logger = spdlog::stderr_color_mt("parlance");
  logger->set_level(parsed);
  // Messages given to the logger in JSON mode are whole JSON values; see http/access_log for the one writer of them.
  logger->set_pattern(format == Format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","entry":%v})"
                                             : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v",
                      spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

}  // namespace parlance::log
