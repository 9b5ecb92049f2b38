#pragma once

#include <memory>

#include "api/services.h"
#include "dialects/structchat/routes.h"

namespace parlance::structchat {

class LiveExchange;

/// What the handlers of this dialect share. Any thread.
struct Gateway {
  api::Services& services;
  Options const options;
  std::shared_ptr<LiveExchange> live;
};

}  // namespace parlance::structchat
