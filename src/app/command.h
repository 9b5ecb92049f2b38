#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/open_database.h"
#include "base/result.h"
#include "http/describe.h"
#include "model/tenant.h"
#include "model/user.h"

namespace parlance::app {

/// Collects what the arguments say: the options' values, and the one command to run with them.
class CommandLine {
 public:
  using Action = std::function<Result<void>(LoadedConfig const&)>;
  using DatabaseAction = std::function<Result<void>(Config const&, LocalDatabase&)>;

  enum class Takes { every_option, database_options };

  /// Adds a command below `parent`, with the options that it takes.
  CLI::App& add(CLI::App& parent, std::string const& name, std::string const& help, Takes takes, Action action);

  /// The same for a command that works on the database itself.
  CLI::App& add(CLI::App& parent, std::string const& name, std::string const& help, DatabaseAction action);

  /// After parsing: runs the chosen command.
  Result<void> run() const;

 private:
  void add_options(CLI::App& command, Takes takes);

  std::map<std::string, std::string> flags_;
  std::string file_;
  Action chosen_;
};

/// A value that arguments are read into and that the command's action looks at later.
template <typename T>
std::shared_ptr<T> argument() {
  return std::make_shared<T>();
}

/// Each adds its commands: `tenant …` and `key …`, `token …`, `user …`, `space …`, `import …`.
void add_tenant_commands(CommandLine& line, CLI::App& root);
void add_token_commands(CommandLine& line, CLI::App& root);
void add_user_commands(CommandLine& line, CLI::App& root);
void add_space_commands(CommandLine& line, CLI::App& root);
void add_import_commands(CommandLine& line, CLI::App& root);

/// `name` as an operator writes it: a tenant's id in any spelling, or its exact name where only one has it. not_found.
Result<model::Tenant> find_tenant(storage::Transaction& tx, std::string const& name);

/// The tenant's user of that external id. not_found.
Result<model::User> find_known_user(storage::Transaction& tx, TenantId tenant, std::string const& external_id);

/// Runs `verb(tx, tenant)`, a Result, for the tenant that find_tenant finds.
template <class Verb>
auto run_for(LocalDatabase& local, std::string const& tenant_name, Verb verb)
    -> std::invoke_result_t<Verb&, storage::Transaction&, model::Tenant const&> {
  using Outcome = std::invoke_result_t<Verb&, storage::Transaction&, model::Tenant const&>;
  return local.lanes->run(0, [&](storage::Transaction& tx) -> Outcome {
    auto const tenant = TRY(find_tenant(tx, tenant_name));
    return verb(tx, tenant);
  });
}

/// One described body as a line of JSON on standard output.
template <typename T>
void print_json(T const& body) {
  fmt::print("{}\n", http::encode_json(body));
}

}  // namespace parlance::app
