#include <fmt/format.h>

#include <memory>

#include "app/command.h"
#include "core/spaces.h"
#include "core/users.h"
#include "dialects/admin/wire.h"

namespace parlance::app {
namespace {

struct UserInput {
  std::string tenant;
  std::string user;
  core::UserChange change;
  std::string role;
};

void add_user_put(CommandLine& line, CLI::App& parent) {
  auto const input = argument<UserInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    if (!input->role.empty()) input->change.role = core::parse_role(input->role);
    auto const user = TRY(run_for(local, input->tenant, [&](storage::Transaction& tx, model::Tenant const& tenant) {
      return core::put_user(tx, tenant.id, input->user, input->change);
    }));
    print_json(admin::user_view(user));
    return {};
  };
  auto& command = line.add(parent, "put", "Create or change a user.", action);
  command.add_option("tenant", input->tenant, "The tenant's id or name")->required();
  command.add_option("user", input->user, "The user's id")->required();
  command.add_option("--name", input->change.name, "What it is called");
  command.add_option("--email", input->change.email, "Its address; empty clears it");
  command.add_option("--role", input->role, "Its rank in the tenant")
      ->check(CLI::IsMember({"owner", "admin", "moderator", "member", "guest"}));
}

void add_user_show(CommandLine& line, CLI::App& parent) {
  auto const input = argument<UserInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    auto const user = TRY(run_for(local, input->tenant, [&](storage::Transaction& tx, model::Tenant const& tenant) {
      return find_known_user(tx, tenant.id, input->user);
    }));
    print_json(admin::user_view(user));
    return {};
  };
  auto& command = line.add(parent, "show", "One user.", action);
  command.add_option("tenant", input->tenant, "The tenant's id or name")->required();
  command.add_option("user", input->user, "The user's id")->required();
}

void add_user_list(CommandLine& line, CLI::App& parent) {
  auto const input = argument<UserInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    auto const users =
        TRY(run_for(local, input->tenant,
                    [](storage::Transaction& tx, model::Tenant const& tenant) -> Result<std::vector<model::User>> {
                      core::Caller const backend{.tenant = tenant.id, .is_backend = true};
                      std::vector<model::User> found;
                      for (auto const& view : TRY(core::list_space_members(tx, backend, tenant.default_space)))
                        found.push_back(TRY(core::get_user(tx, tenant.id, view.member.user)));
                      return found;
                    }));
    for (auto const& user : users) print_json(admin::user_view(user));
    return {};
  };
  line.add(parent, "list", "All users of a tenant, one per line.", action)
      .add_option("tenant", input->tenant, "The tenant's id or name")
      ->required();
}

}  // namespace

void add_user_commands(CommandLine& line, CLI::App& root) {
  auto& user = *root.add_subcommand("user", "Users of a tenant.")->require_subcommand(1);
  add_user_put(line, user);
  add_user_show(line, user);
  add_user_list(line, user);
}

}  // namespace parlance::app
