#include "app/command.h"

#include <fmt/format.h>

#include "api/spelling.h"
#include "app/config_table.h"
#include "base/log.h"
#include "core/tenants.h"
#include "core/users.h"

namespace parlance::app {

CLI::App& CommandLine::add(CLI::App& parent, std::string const& name, std::string const& help, Takes takes,
                           Action action) {
  auto* command = parent.add_subcommand(name, help);
  add_options(*command, takes);
  command->callback([this, action = std::move(action)] { chosen_ = action; });
  return *command;
}

CLI::App& CommandLine::add(CLI::App& parent, std::string const& name, std::string const& help, DatabaseAction action) {
  return add(parent, name, help, Takes::database_options,
             [action = std::move(action)](LoadedConfig const& loaded) -> Result<void> {
               auto local = TRY(LocalDatabase::open(loaded.config));
               return action(loaded.config, local);
             });
}

void CommandLine::add_options(CLI::App& command, Takes takes) {
  command.add_option("--config", file_, "TOML file with any of these options; also PARLANCE_CONFIG.")
      ->group("Configuration");
  for (auto const& option : options()) {
    if (takes == Takes::database_options && !option.is_about_database) continue;
    auto const value = value_text({}, option);
    auto const standard = value == R"("")" || value == "[]" ? "" : " Default: " + value;
    auto const help = fmt::format("{}{} [{}]", option.help, standard, variable_of(option));
    auto const store = [this, name = std::string(option.name)](std::string const& text) { flags_[name] = text; };
    if (std::holds_alternative<bool Config::*>(option.member)) {
      command.add_option_function<std::string>(flag_of(option), store, help)
          ->expected(0, 1)
          ->default_str("true")
          ->type_name(std::string(kind_of(option)))
          ->group("Configuration");
    } else {
      command.add_option_function<std::string>(flag_of(option), store, help)
          ->type_name(std::string(kind_of(option)))
          ->group("Configuration");
    }
  }
}

Result<void> CommandLine::run() const {
  auto const loaded = TRY(load_config({.flags = flags_, .environment = process_environment(), .file = file_}));
  auto const& config = loaded.config;
  TRY(log::start(config.log_level, config.log_format == "json" ? log::Format::json : log::Format::text));
  return chosen_(loaded);
}

Result<model::Tenant> find_tenant(storage::Transaction& tx, std::string const& name) {
  if (auto const id = api::parse_any_tenant(name)) return core::get_tenant(tx, *id);
  std::optional<model::Tenant> found;
  for (auto& tenant : TRY(core::list_tenants(tx))) {
    if (tenant.name != name) continue;
    if (found) return fail(Errc::conflict, fmt::format("several tenants are called {}; name one by its id", name));
    found = std::move(tenant);
  }
  if (!found) return fail(Errc::not_found, fmt::format("there is no tenant {}; see: parlance tenant list", name));
  return *std::move(found);
}

Result<model::User> find_known_user(storage::Transaction& tx, TenantId tenant, std::string const& external_id) {
  auto user = TRY(core::find_user(tx, tenant, external_id));
  if (!user) return fail(Errc::not_found, fmt::format("there is no user {}", external_id));
  return *std::move(user);
}

}  // namespace parlance::app
