#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config.h"

namespace parlance::app {

using ConfigMember =
    std::variant<std::string Config::*, std::int64_t Config::*, bool Config::*, std::vector<std::string> Config::*>;

/// One option: `retry_base_ms` in the file is `--retry-base-ms` as a flag and `PARLANCE_RETRY_BASE_MS` in the
/// environment.
struct Option {
  std::string_view name;
  ConfigMember member;
  std::string_view help;
  std::int64_t least = 0;  ///< of numbers
  std::int64_t most = std::numeric_limits<std::int32_t>::max();
  std::vector<std::string_view> choices = {};  ///< of texts; empty = any
  bool is_secret = false;                      ///< also PARLANCE_…_FILE; masked in print
  bool is_about_database = false;              ///< taken by every command, not only by serve

  Option within(std::int64_t low, std::int64_t high) &&;
  Option at_least(std::int64_t low) &&;
  Option at_most(std::int64_t high) &&;
  Option one_of(std::vector<std::string_view> words) &&;
  Option secret() &&;
  Option about_database() &&;
};

std::span<Option const> options();
Option const* find_option(std::string_view name);

std::string flag_of(Option const& option);
std::string variable_of(Option const& option);

/// The option's value as TOML; a secret that is set is masked.
std::string value_text(Config const& config, Option const& option);

/// What kind of value the option takes, for its help: "NUMBER".
std::string_view kind_of(Option const& option);

/// The option whose name is nearest to `name`; empty where none is near.
std::string_view nearest_option(std::string_view name);

/// Sets the option from its text. Lists are separated by commas. `where` names the source in errors.
Result<void> set_option(Config& config, Option const& option, std::string_view text, std::string_view where);

}  // namespace parlance::app
