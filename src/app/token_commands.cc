#include <fmt/format.h>

#include <memory>

#include "app/command.h"
#include "base/clock.h"
#include "core/credentials.h"
#include "core/users.h"
#include "dialects/admin/wire.h"

namespace parlance::app {
namespace {

struct TokenInput {
  std::string tenant;
  std::string user;
  std::int64_t expires_in = 0;
  std::string scopes;
  std::int64_t id = 0;
};

void add_token_create(CommandLine& line, CLI::App& parent) {
  auto const input = argument<TokenInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    auto const issued = TRY(run_for(
        local, input->tenant, [&](storage::Transaction& tx, model::Tenant const& tenant) -> Result<core::IssuedToken> {
          auto const user = TRY(core::ensure_user(tx, tenant.id, input->user));
          return core::issue_token(tx, tenant.id, user.id, input->expires_in * kSecond, input->scopes,
                                   core::TokenUse::repeated);
        }));
    admin::Token token{issued.token, input->user, issued.id.value, {}};
    if (issued.expires_at != 0) token.expires_at.value = format_rfc3339(issued.expires_at);
    print_json(token);
    return {};
  };
  auto& command = line.add(parent, "create", "Issue a token for a user; prints it, this once.", action);
  command.add_option("tenant", input->tenant, "The tenant's id or name")->required();
  command.add_option("user", input->user, "The user's id; created where it is new")->required();
  command.add_option("--expires-in", input->expires_in, "Seconds; 0: never")->check(CLI::Range(0LL, 3'153'600'000LL));
  command.add_option("--scopes", input->scopes, "Names with spaces between");
}

void add_token_revoke(CommandLine& line, CLI::App& parent) {
  auto const input = argument<TokenInput>();
  auto const action = [input](Config const&, LocalDatabase& local) -> Result<void> {
    return run_for(local, input->tenant, [&](storage::Transaction& tx, model::Tenant const& tenant) {
      return core::revoke_token(tx, tenant.id, TokenId{input->id});
    });
  };
  auto& command = line.add(parent, "revoke", "Revoke a token.", action);
  command.add_option("tenant", input->tenant, "The tenant's id or name")->required();
  command.add_option("id", input->id, "The token's number")->required();
}

}  // namespace

void add_token_commands(CommandLine& line, CLI::App& root) {
  auto& token = *root.add_subcommand("token", "Tokens of users.")->require_subcommand(1);
  add_token_create(line, token);
  add_token_revoke(line, token);
}

}  // namespace parlance::app
