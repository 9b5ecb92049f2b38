#pragma once

#include "api/services.h"

namespace parlance::chatapi {

/// From now on, whoever comes online or goes offline is announced to all rooms that the user is in, as one signal.
/// Before the first connection; `services` must outlive the presence's callers.
void announce_presence(api::Services& services);

}  // namespace parlance::chatapi
