#pragma once

#include <memory>

#include "dialects/centrifugo/gateway.h"

namespace parlance::centrifugo {

/// From now on this node answers the others' questions, and carries out what they say. Before the broker starts.
void take_up_peer_duties(std::shared_ptr<Gateway> const& gateway);

}  // namespace parlance::centrifugo
