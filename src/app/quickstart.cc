#include "app/quickstart.h"

#include <fmt/format.h>

#include <optional>

#include "core/tenants.h"

namespace parlance::app {
namespace {

constexpr std::string_view kTenant = "default";

constexpr std::string_view kFirstStart = R"text(
Tenant "{tenant}" is ready. Its API key is shown this once:

    {key}

Paste this into another terminal:

    KEY={key}
    ROOM=$(curl -s {url}/rooms -H "X-API-Key: $KEY" -H "X-User-Id: ada" -H "Content-Type: application/json" \
      -d '{{"type":"group","name":"Hello","members":["ada","grace"]}}' | sed 's/.*"room_id":"\([^"]*\)".*/\1/')
    curl -sw "\n" {url}/rooms/$ROOM/messages -H "X-API-Key: $KEY" -H "X-User-Id: ada" -H "Content-Type: application/json" \
      -d '{{"content":"Hello, Grace!"}}'
    curl -sw "\n" {url}/rooms/$ROOM/messages -H "X-API-Key: $KEY" -H "X-User-Id: grace"

)text";

constexpr std::string_view kLaterStart = R"(
The API key was shown at the first start. To make another one:

    parlance tenant key {tenant} --data {data}

)";

}  // namespace

Result<std::string> quickstart_text(storage::WriteLanes& lanes, Config const& config, std::string const& base_url) {
  auto const created = TRY(lanes.run(0, [&](storage::Transaction& tx) -> Result<std::optional<core::CreatedTenant>> {
    if (!TRY(core::list_tenants(tx)).empty()) return std::nullopt;
    return TRY(core::create_tenant(tx, {std::string(kTenant), "", config.default_rate_limit}));
  }));
  if (!created) return fmt::format(kLaterStart, fmt::arg("tenant", kTenant), fmt::arg("data", config.data));
  return fmt::format(kFirstStart, fmt::arg("tenant", kTenant), fmt::arg("key", created->api_key),
                     fmt::arg("url", base_url));
}

}  // namespace parlance::app
