#pragma once

#include "api/services.h"
#include "dialects/structchat/routes.h"

namespace parlance::structchat {

/// What the handlers of this dialect share. Any thread.
struct Gateway {
  api::Services& services;
  Options const options;
};

}  // namespace parlance::structchat
