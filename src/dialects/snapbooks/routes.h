#pragma once

#include <chrono>

#include "actions/completions.h"
#include "api/services.h"
#include "http/router.h"

/// Snapbooks: threads bound to accounts, with programs in messages.
namespace parlance::snapbooks {

struct Options {
  /// How long a reply waits for the programs of the message that was posted, so that it can show what they have come
  /// to. What takes longer is there on a later read.
  std::chrono::milliseconds patience{1'000};
};

/// What the handlers stand on.
struct Dialect {
  api::Services& services;
  actions::Completions& completions;
  Options options;
};

/// Adds the dialect's routes as one group, each also with /api/v2 and /snapbooks/api/v2 in front. `services` and
/// `completions` must outlive the router.
void add_routes(http::Router& router, api::Services& services, actions::Completions& completions, Options options);

}  // namespace parlance::snapbooks
