#include <fmt/format.h>

#include <memory>

#include "api/spelling.h"
#include "app/command.h"
#include "core/spaces.h"
#include "core/users.h"
#include "dialects/admin/wire.h"

namespace parlance::app {
namespace {

struct SpaceInput {
  std::string tenant;
  std::string name;
  std::string space;
  std::string user;
  std::string role = "editor";
  bool is_removal = false;
};

void add_space_create(CommandLine& line, CLI::App& parent) {
  auto const input = argument<SpaceInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    auto const space = TRY(run_for(local, input->tenant, [&](storage::Transaction& tx, model::Tenant const& tenant) {
      return core::create_space(tx, {.tenant = tenant.id, .is_backend = true}, {input->name, {}, {}});
    }));
    print_json(admin::Space{space.id.value, space.name});
    return {};
  };
  auto& command = line.add(parent, "create", "Create a space.", action);
  command.add_option("tenant", input->tenant, "The tenant's id or name")->required();
  command.add_option("name", input->name, "What it is called")->required();
}

Result<void> change_space_member(storage::Transaction& tx, model::Tenant const& tenant, SpaceInput const& input) {
  core::Caller const backend{.tenant = tenant.id, .is_backend = true};
  auto const space = api::parse_any_space(input.space);
  if (!space) return fail(Errc::not_found, fmt::format("there is no space {}", input.space));
  if (input.is_removal) {
    auto const user = TRY(find_known_user(tx, tenant.id, input.user));
    return core::remove_space_member(tx, backend, *space, user.id);
  }
  TRY(core::get_space(tx, backend, *space));
  auto const user = TRY(core::ensure_user(tx, tenant.id, input.user));
  auto const role = core::parse_space_role(input.role).value_or(model::SpaceRole::editor);
  TRY(core::put_space_member(tx, backend, *space, user.id, role));
  return {};
}

void add_space_member(CommandLine& line, CLI::App& parent) {
  auto const input = argument<SpaceInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    return run_for(local, input->tenant, [&](storage::Transaction& tx, model::Tenant const& tenant) {
      return change_space_member(tx, tenant, *input);
    });
  };
  auto& command = line.add(parent, "member", "Add a member to a space, change its role, or remove it.", action);
  command.add_option("tenant", input->tenant, "The tenant's id or name")->required();
  command.add_option("space", input->space, "The space's id")->required();
  command.add_option("user", input->user, "The user's id")->required();
  command.add_option("--role", input->role, "Its rank there")
      ->check(CLI::IsMember({"owner", "admin", "editor", "viewer"}));
  command.add_flag("--remove", input->is_removal, "Take it out");
}

}  // namespace

void add_space_commands(CommandLine& line, CLI::App& root) {
  auto& space = *root.add_subcommand("space", "Spaces and their members.")->require_subcommand(1);
  add_space_create(line, space);
  add_space_member(line, space);
}

}  // namespace parlance::app
