#pragma once

#include "api/services.h"
#include "api/token_bucket.h"
#include "dialects/anytype/routes.h"
#include "dialects/anytype/stream_desk.h"

namespace parlance::anytype {

/// What the handlers of this dialect share beside the services. Any thread.
struct Gateway {
  Gateway(api::Services& all, Options chosen)
      : services(all), options(chosen), desks(all, chosen.ping_interval), writes(chosen.write_rate) {}

  api::Services& services;
  Options const options;
  StreamDesks desks;
  api::LimiterMap writes;  ///< by caller and route
};

}  // namespace parlance::anytype
