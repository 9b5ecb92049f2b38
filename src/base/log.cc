#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <string>

#include "base/json.h"

namespace parlance::log {

namespace {

/// The message as a JSON value: an object as it is (the access log writes those), anything else as a string.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(spdlog::details::log_msg const& message, std::tm const& /*time*/, spdlog::memory_buf_t& out) override {
    std::string_view const text(message.payload.data(), message.payload.size());
    if (text.starts_with('{') && text.ends_with('}')) {
      out.append(text.data(), text.data() + text.size());
      return;
    }
    std::string quoted;
    append_json_string(quoted, text);
    out.append(quoted.data(), quoted.data() + quoted.size());
  }

  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

std::unique_ptr<spdlog::formatter> make_formatter(Format format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<JsonMessage>('*');
  formatter->set_pattern(format == Format::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","entry":%*})"
                                                : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v");
  return formatter;
}

}  // namespace

Result<void> start(std::string_view level, Format format) {
  auto const parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") return invalid("log_level", "unknown log level");
  auto logger = spdlog::stderr_color_mt("parlance");
  logger->set_level(parsed);
  logger->set_formatter(make_formatter(format));
  spdlog::set_default_logger(std::move(logger));
  return {};
}

}  // namespace parlance::log
