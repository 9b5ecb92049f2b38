#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/spelling.h"
#include "app/command.h"
#include "app/open_blobs.h"
#include "core/files.h"
#include "core/tenants.h"
#include "dialects/admin/wire.h"
#include "files/collector.h"
#include "files/media_type.h"

namespace parlance::app {
namespace {

void add_create(CommandLine& line, CLI::App& parent) {
  auto const input = argument<core::NewTenant>();
  auto const action = [input](Config const& config, LocalDatabase& local) -> Result<void> {
    input->rate_limit = input->rate_limit.value_or(config.default_rate_limit);
    auto const created =
        TRY(local.lanes->run(0, [&](storage::Transaction& tx) { return core::create_tenant(tx, *input); }));
    print_json(admin::CreatedTenant{admin::tenant_view(created.tenant), created.api_key});
    return {};
  };
  auto& command = line.add(parent, "create", "Create a tenant; prints its key, which is shown this once.", action);
  command.add_option("name", input->name, "What it is called")->required();
  command.add_option("--hostname", input->hostname, "DNS label by which it is addressed");
  command.add_option("--rate-limit", input->rate_limit, "Requests a second; 0: no limit");
}

void add_list(CommandLine& line, CLI::App& parent) {
  line.add(parent, "list", "All tenants, one per line.", [](Config const&, LocalDatabase& local) -> Result<void> {
    for (auto const& tenant : TRY(local.lanes->run(0, core::list_tenants))) print_json(admin::tenant_view(tenant));
    return {};
  });
}

void add_show(CommandLine& line, CLI::App& parent) {
  auto const name = argument<std::string>();
  auto const action = [name](Config const&, LocalDatabase& local) -> Result<void> {
    auto const tenant =
        TRY(run_for(local, *name,
                    [](storage::Transaction&, model::Tenant const& found) -> Result<model::Tenant> { return found; }));
    print_json(admin::tenant_view(tenant));
    return {};
  };
  line.add(parent, "show", "One tenant.", action).add_option("tenant", *name, "Its id or name")->required();
}

void add_update(CommandLine& line, CLI::App& parent) {
  auto const name = argument<std::string>();
  auto const change = argument<core::TenantChange>();
  auto const action = [name, change](Config const&, LocalDatabase& local) -> Result<void> {
    auto const tenant = TRY(run_for(local, *name, [&](storage::Transaction& tx, model::Tenant const& found) {
      return core::update_tenant(tx, found.id, *change);
    }));
    print_json(admin::tenant_view(tenant));
    return {};
  };
  auto& command = line.add(parent, "update", "Change a tenant.", action);
  command.add_option("tenant", *name, "Its id or name")->required();
  command.add_option("--name", change->name, "A new name");
  command.add_option("--hostname", change->hostname, "A new hostname");
  command.add_option("--rate-limit", change->rate_limit, "Requests a second; 0: no limit");
}

void add_delete(CommandLine& line, CLI::App& parent) {
  auto const name = argument<std::string>();
  auto const is_sure = argument<bool>();
  auto const action = [name, is_sure](Config const& config, LocalDatabase& local) -> Result<void> {
    if (!*is_sure) return invalid("yes", "this deletes every row and file of the tenant; say --yes to do it");
    auto const media_types = TRY(files::MediaTypes::open());
    auto const blobs = TRY(open_blobs(config, *media_types));
    auto const verb = [](storage::Transaction& tx, model::Tenant const& found) {
      return core::delete_tenant(tx, found.id);
    };
    auto const began = now();
    auto const digests = TRY(run_for(local, *name, verb));
    if (!digests.empty()) std::this_thread::sleep_for(files::kRowFollows);
    auto const is_used = [&](std::string_view digest) {
      return local.lanes->run(0, [&](storage::Transaction& tx) { return core::is_blob_used(tx, digest); });
    };
    TRY(files::remove_unused_blobs(*blobs.store, is_used, digests, began));
    return {};
  };
  auto& command = line.add(parent, "delete", "Delete a tenant with everything in it.", action);
  command.add_option("tenant", *name, "Its id or name")->required();
  command.add_flag("--yes", *is_sure, "Really");
}

void add_key(CommandLine& line, CLI::App& parent, std::string const& verb) {
  auto const name = argument<std::string>();
  auto const action = [name](Config const&, LocalDatabase& local) -> Result<void> {
    auto const key = TRY(run_for(local, *name, [](storage::Transaction& tx, model::Tenant const& found) {
      return core::create_api_key(tx, found.id);
    }));
    fmt::print("{}\n", key);
    return {};
  };
  line.add(parent, verb, "Make a further API key; prints it, this once. The others stay valid.", action)
      .add_option("tenant", *name, "Its id or name")
      ->required();
}

}  // namespace

void add_tenant_commands(CommandLine& line, CLI::App& root) {
  auto& tenant = *root.add_subcommand("tenant", "Tenants and their keys.")->require_subcommand(1);
  add_create(line, tenant);
  add_list(line, tenant);
  add_show(line, tenant);
  add_update(line, tenant);
  add_delete(line, tenant);
  add_key(line, tenant, "key");
  auto& key = *root.add_subcommand("key", "API keys of tenants.")->require_subcommand(1);
  add_key(line, key, "create");
}

}  // namespace parlance::app
