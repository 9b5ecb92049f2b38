#include "app/command_line.h"

#include <fmt/format.h>

#include <algorithm>
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
  add_import_commands(line, root);
  add_migrate(line, root);
  add_config(line, root);
  root.add_subcommand("version", "Print the version.")->callback([] {
    throw CLI::CallForVersion(PARLANCE_VERSION, 0);
  });
}

/// Where the arguments name a command that there is not: what is wrong with them. CLI11 only says that one is missing.
std::string unknown_command(CLI::App const& root, int argument_count, char const* const* arguments) {
  auto const* command = &root;
  for (int index = 1; index < argument_count; ++index) {
    std::string const word = arguments[index];
    auto const known = command->get_subcommands([](CLI::App const*) { return true; });
    if (known.empty() || word.starts_with('-')) return {};
    auto const found = std::ranges::find(known, word, [](CLI::App const* each) { return each->get_name(); });
    if (found == known.end()) {
      auto const in = command == &root ? "parlance" : "parlance " + command->get_name();
      return fmt::format("\"{}\" is no command of {}; {} --help lists them", word, in, in);
    }
    command = *found;
  }
  return {};
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
    auto const unknown = unknown_command(root, argument_count, arguments);
    if (unknown.empty()) return root.exit(error) == 0 ? 0 : kCalledWrongly;
    fmt::print(stderr, "parlance: {}\n", unknown);
    return kCalledWrongly;
  }
  auto const outcome = line.run();
  if (outcome) return 0;
  fmt::print(stderr, "parlance: {}\n", outcome.error().message);
  return kFailed;
}

}  // namespace parlance::app
