#include "app/config.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "app/config_file.h"
#include "app/config_table.h"
#include "base/json.h"
#include "base/text.h"

extern char** environ;

namespace parlance::app {
namespace {

constexpr std::string_view kPrefix = "PARLANCE_";

/// Of the tests' own, which start the server with their environment.
constexpr std::string_view kTestPrefix = "PARLANCE_TEST_";

Error unknown(std::string_view what, std::string_view where, std::string_view nearest) {
  auto message = fmt::format("{} ({}) is no option", what, where);
  if (!nearest.empty()) message += fmt::format("; did you mean {}?", nearest);
  return {Errc::invalid_argument, std::move(message), std::string(what), 0};
}

Result<std::string> read_secret_file(std::string const& path, std::string_view variable) {
  std::ifstream file(path);
  std::string const text{std::istreambuf_iterator<char>(file), {}};
  if (!file && text.empty())
    return invalid(std::string(variable), fmt::format("{} names a file that cannot be read", variable));
  return std::string(trim(text));
}

Result<void> set(LoadedConfig& loaded, Option const& option, std::string_view text, std::string const& where) {
  TRY(set_option(loaded.config, option, text, where));
  loaded.origins[std::string(option.name)] = where;
  return {};
}

Result<void> apply_file(LoadedConfig& loaded, std::string const& path) {
  for (auto const& [name, text] : TRY(read_config_file(path))) {
    auto const* option = find_option(name);
    if (option == nullptr) return std::unexpected(unknown(name, path, nearest_option(name)));
    TRY(set(loaded, *option, text, path));
  }
  return {};
}

Result<void> apply_variable(LoadedConfig& loaded, std::string const& variable, std::string const& text) {
  auto const name = to_lower_ascii(variable.substr(kPrefix.size()));
  if (auto const* option = find_option(name)) return set(loaded, *option, text, variable);
  constexpr std::string_view kFile = "_file";
  if (name.ends_with(kFile)) {
    auto const* option = find_option(name.substr(0, name.size() - kFile.size()));
    if (option != nullptr && option->is_secret) {
      return set(loaded, *option, TRY(read_secret_file(text, variable)), variable);
    }
  }
  auto const nearest = nearest_option(name);
  auto const* option = find_option(nearest);
  return std::unexpected(unknown(variable, "environment", option == nullptr ? "" : variable_of(*option)));
}

Result<void> apply_environment(LoadedConfig& loaded, std::map<std::string, std::string> const& environment) {
  for (auto const& [variable, text] : environment) {
    if (!variable.starts_with(kPrefix) || variable.starts_with(kTestPrefix) || variable == "PARLANCE_CONFIG") continue;
    TRY(apply_variable(loaded, variable, text));
  }
  return {};
}

/// What no single option can get wrong.
Result<void> check_together(Config const& config) {
  TRY(parse_listen(config.listen));
  if (config.tls_cert.empty() != config.tls_key.empty())
    return invalid("tls_cert", "tls_cert and tls_key belong together: give both or none");
  return {};
}

}  // namespace

Result<LoadedConfig> load_config(ConfigSources const& sources) {
  LoadedConfig loaded;
  auto file = sources.file;
  if (auto const named = sources.environment.find("PARLANCE_CONFIG");
      file.empty() && named != sources.environment.end())
    file = named->second;
  if (!file.empty()) TRY(apply_file(loaded, file));
  TRY(apply_environment(loaded, sources.environment));
  for (auto const& [name, text] : sources.flags) {
    auto const* option = find_option(name);
    if (option == nullptr) return std::unexpected(unknown(name, "flag", nearest_option(name)));
    TRY(set(loaded, *option, text, flag_of(*option)));
  }
  TRY(check_together(loaded.config));
  return loaded;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view const text = *entry;
    auto const equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string value_text(Config const& config, Option const& option) {
  std::string text;
  if (auto const* member = std::get_if<std::string Config::*>(&option.member)) {
    auto const& value = config.**member;
    append_json_string(text, option.is_secret && !value.empty() ? "********" : value);
  } else if (auto const* number = std::get_if<std::int64_t Config::*>(&option.member)) {
    text = std::to_string(config.**number);
  } else if (auto const* flag = std::get_if<bool Config::*>(&option.member)) {
    text = config.**flag ? "true" : "false";
  } else if (auto const* list = std::get_if<std::vector<std::string> Config::*>(&option.member)) {
    JsonWriter items;
    items.begin_array();
    for (auto const& item : config.**list) items.value(item);
    text = items.end_array().take();
  }
  return text;
}

std::string_view kind_of(Option const& option) {
  if (std::holds_alternative<std::int64_t Config::*>(option.member)) return "NUMBER";
  if (std::holds_alternative<bool Config::*>(option.member)) return "true|false";
  if (std::holds_alternative<std::vector<std::string> Config::*>(option.member)) return "TEXT,…";
  return "TEXT";
}

std::string print_config(LoadedConfig const& loaded) {
  std::string text;
  for (auto const& option : options()) {
    auto const origin = loaded.origins.find(std::string(option.name));
    text += fmt::format("{} = {}  # {}\n", option.name, value_text(loaded.config, option),
                        origin == loaded.origins.end() ? "default" : origin->second);
  }
  return text;
}

Result<ListenAddress> parse_listen(std::string_view text) {
  auto const colon = text.rfind(':');
  auto const port = colon == std::string_view::npos ? std::nullopt : parse_integer(text.substr(colon + 1));
  auto host = text.substr(0, std::min(colon, text.size()));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    host = {};
  }
  if (host.empty() || !port || *port < 0 || *port > 65'535)
    return invalid("listen",
                   fmt::format("listen must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, not \"{}\"", text));
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

}  // namespace parlance::app
