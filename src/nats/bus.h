#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "nats/address.h"
#include "realtime/bus.h"

namespace parlance::nats {

struct BusOptions {
  Address address;

  /// What tells one installation from another on the same NATS: no dots, no blanks. Nodes with the same one must be
  /// over the same database.
  std::string installation;

  /// How long a start waits for the connection before it goes on without.
  std::chrono::milliseconds first_patience{3'000};

  /// Between two attempts to connect; doubles from the first to the second.
  std::chrono::milliseconds first_wait{100};
  std::chrono::milliseconds longest_wait{2'000};

  /// Between two calls of on_remote_loss, which costs every stream a look at the log.
  std::chrono::milliseconds loss_interval{500};

  /// What may wait to be sent; beyond it the others are told that something is missing.
  std::size_t queue_bytes = 16 << 20;
};

/// The bus over a NATS server (core NATS, no JetStream): at most once, and whatever may have been missed is made good
/// by a loss that is reported on the side that missed it. Publishing only queues; a thread of the bus's own does the
/// rest. Without a connection what is published is thrown away, and once there is one again, all nodes look at the log.
std::unique_ptr<realtime::Bus> make_bus(BusOptions options);

}  // namespace parlance::nats
