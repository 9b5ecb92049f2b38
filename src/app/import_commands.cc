#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "app/command.h"
#include "app/import_progress.h"
#include "base/json.h"
#include "core/tenants.h"
#include "slack/export.h"
#include "slack/importer.h"

namespace parlance::app {
namespace {

struct ImportInput {
  std::string archive;
  std::string tenant;
  bool is_dry = false;
};

/// The tenant of that name; without a name the only one there is.
Result<model::Tenant> tenant_for(storage::Transaction& tx, std::string const& name) {
  if (!name.empty()) return find_tenant(tx, name);
  auto tenants = TRY(core::list_tenants(tx));
  if (tenants.size() == 1) return std::move(tenants.front());
  return fail(Errc::invalid_argument, tenants.empty() ? "there is no tenant yet; see: parlance tenant create"
                                                      : "there are several tenants; name one with --tenant");
}

std::string summary_of(slack::Counts const& counts, bool is_dry) {
  JsonWriter out;
  out.begin_object().field("dry_run", is_dry);
  out.field("users", counts.users).field("conversations", counts.conversations).field("threads", counts.threads);
  out.field("messages", counts.messages).field("reactions", counts.reactions).field("files", counts.files);
  out.field("changed", counts.changed).field("already_here", counts.already_here);
  out.key("passed_over").begin_object();
  for (auto const& [subtype, count] : counts.passed_over) out.field(subtype, count);
  return out.end_object().end_object().take();
}

void name_unlisted(slack::Export const& source) {
  auto const channels = source.channels();
  if (!channels) return;
  for (auto const& folder : source.unlisted_folders(*channels))
    fmt::print(stderr, "parlance: the folder {} belongs to no conversation of the export's lists; it is passed over\n",
               folder);
}

Result<void> import_slack(LocalDatabase& local, ImportInput const& input) {
  auto const source = TRY(slack::Export::open(input.archive));
  auto const tenant = TRY(local.lanes->run(0, [&](storage::Transaction& tx) { return tenant_for(tx, input.tenant); }));
  auto const mode = input.is_dry ? slack::Mode::dry : slack::Mode::write;
  name_unlisted(source);
  ImportProgress progress(stderr);
  slack::Importer importer(*local.lanes, tenant.id, source, mode,
                           [&](slack::Standing const& standing) { progress.show(standing); });
  auto done = importer.run();
  if (done) {
    fmt::print("{}\n", summary_of(importer.counts(), input.is_dry));
    return {};
  }
  if (!input.is_dry) done.error().message += "; what came before it is in, and the next run goes on from there";
  return done;
}

}  // namespace

void add_import_commands(CommandLine& line, CLI::App& root) {
  auto const input = argument<ImportInput>();
  auto& imports = *root.add_subcommand("import", "Histories from elsewhere.")->require_subcommand(1);
  auto& command = line.add(imports, "slack",
                           "Bring in a Slack export: its users, channels, threads, reactions, and files by reference. "
                           "What is here already is left alone, so that it can be run again.",
                           [input](Config const&, LocalDatabase& local) { return import_slack(local, *input); });
  command.add_option("archive", input->archive, "The ZIP file that Slack has made")->required();
  command.add_option("--tenant", input->tenant, "The tenant's id or name; may be left out where there is only one");
  command.add_flag("--dry-run", input->is_dry, "Read and check all of it, say what would be added, and write nothing");
}

}  // namespace parlance::app
