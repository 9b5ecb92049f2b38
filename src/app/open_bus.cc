#include "app/open_bus.h"

#include "core/installation.h"
#include "nats/address.h"
#include "nats/bus.h"

namespace parlance::app {

Result<std::unique_ptr<realtime::Bus>> open_bus(Config const& config, storage::Database const& database,
                                                storage::ReadPool& reads) {
  if (config.bus.empty() || config.bus == "local") return realtime::make_local_bus();
  nats::BusOptions options;
  options.address = TRY(nats::parse_address(config.bus));
  if (database.engine() != storage::Engine::postgres) {
    return invalid("bus",
                   "--bus joins nodes over one database, and an SQLite file belongs to one process; give --database "
                   "postgres://… as well, or leave --bus out");
  }
  options.installation = TRY(reads.run(core::installation_of));
  return nats::make_bus(std::move(options));
}

}  // namespace parlance::app
