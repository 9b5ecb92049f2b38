#pragma once

#include <memory>

#include "dialects/centrifugo/gateway.h"

namespace parlance::centrifugo {

/// Ends the connections of tenants that are deleted, for good (3507). Before the broker starts.
void watch_tenants(std::shared_ptr<Gateway> const& gateway);

}  // namespace parlance::centrifugo
