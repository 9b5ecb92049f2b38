#include "app/command_line.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/command.h"
#include "app/server.h"

namespace parlance::app {
namespace {

constexpr int kFailed = 1;
constexpr int kCalledWrongly = 2;

void add_migrate(CommandLine& line, CLI::App& root) {
  auto const is_plan = argument<bool>();
  auto const action = [is_plan](LoadedConfig const& loaded) -> Result<void> {
    auto const database = TRY(open_database(loaded.config));
    if (!*is_plan) {
      fmt::print("{} migrations run\n", TRY(database->migrate()));
      return {};
    }
    for (auto const& migration : TRY(database->plan()))
      fmt::print("-- {:04} {}\n{}\n", migration.version, migration.name, migration.sql);
    return {};
  };
  auto const takes = CommandLine::Takes::database_options;
  line.add(root, "migrate", "Bring the database to this program's schema; serve does so by itself.", takes, action)
      .add_flag("--plan", *is_plan, "Print what would run, and run nothing");
}

void add_config(CommandLine& line, CLI::App& root) {
  auto const takes = CommandLine::Takes::every_option;
  auto& config = *root.add_subcommand("config", "The configuration.")->require_subcommand(1);
  line.add(config, "check", "Say whether the configuration is in order.", takes,
           [](LoadedConfig const&) -> Result<void> {
             fmt::print("the configuration is in order\n");
             return {};
           });
  line.add(config, "print", "Print it as TOML, and where each value came from.", takes,
           [](LoadedConfig const& loaded) -> Result<void> {
             fmt::print("{}", print_config(loaded));
             return {};
           });
}

void add_commands(CommandLine& line, CLI::App& root) {
  line.add(root, "serve", "Run the server.", CommandLine::Takes::every_option,
           [](LoadedConfig const& loaded) { return serve(loaded.config); });
  add_tenant_commands(line, root);
  add_token_commands(line, root);
  add_user_commands(line, root);
  add_space_commands(line, root);
  add_migrate(line, root);
  add_config(line, root);
  root.add_subcommand("version", "Print the version.")->callback([] {
    throw CLI::CallForVersion(PARLANCE_VERSION, 0);
  });
}

}  // namespace

int run_command_line(int argument_count, char const* const* arguments) {
  CLI::App root("Parlance: a chat server that speaks several published chat APIs over one log.", "parlance");
  root.require_subcommand(1);
  root.set_version_flag("--version", PARLANCE_VERSION);
  CommandLine line;
  add_commands(line, root);
  try {
    root.parse(argument_count, arguments);
  } catch (CLI::ParseError const& error) {
    return root.exit(error) == 0 ? 0 : kCalledWrongly;
  }
  auto const outcome = line.run();
  if (outcome) return 0;
  fmt::print(stderr, "parlance: {}\n", outcome.error().message);
  return kFailed;
}

}  // namespace parlance::app
