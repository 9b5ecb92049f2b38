#include "app/config_file.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace parlance::app {
namespace {

using Values = std::map<std::string, std::string>;

Result<std::string> scalar_text(toml::node const& node, std::string const& name) {
  if (auto const text = node.value_exact<std::string>()) return *text;
  if (auto const number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (auto const flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  return invalid(name, fmt::format("{} (line {}) must be text, a whole number, true or false, or a list of texts", name,
                                   node.source().begin.line));
}

Result<std::string> value_text(toml::node const& node, std::string const& name) {
  auto const* list = node.as_array();
  if (list == nullptr) return scalar_text(node, name);
  std::string text;
  for (auto const& item : *list) text += (text.empty() ? "" : ",") + TRY(scalar_text(item, name));
  return text;
}

Result<void> collect(toml::table const& table, std::string const& prefix, Values& values) {
  for (auto const& [key, node] : table) {
    auto const name = prefix + std::string(key.str());
    if (auto const* inner = node.as_table()) {
      TRY(collect(*inner, name + "_", values));
    } else {
      values[name] = TRY(value_text(node, name));
    }
  }
  return {};
}

}  // namespace

Result<std::map<std::string, std::string>> read_config_file(std::string const& path) {
  auto const parsed = toml::parse_file(path);
  if (!parsed) {
    auto const& error = parsed.error();
    auto const line = error.source().begin.line;
    auto const place = line == 0 ? path : fmt::format("{}:{}", path, line);
    return invalid("config", fmt::format("{}: {}", place, error.description()));
  }
  Values values;
  auto collected = collect(parsed.table(), "", values);
  if (!collected) return invalid(collected.error().field, path + ": " + collected.error().message);
  return values;
}

}  // namespace parlance::app
