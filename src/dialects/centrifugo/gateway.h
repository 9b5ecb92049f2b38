#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "api/event_source.h"
#include "api/rpc.h"
#include "api/services.h"
#include "base/guarded.h"
#include "dialects/centrifugo/directory.h"
#include "dialects/centrifugo/options.h"
#include "dialects/centrifugo/peers.h"
#include "dialects/centrifugo/transport.h"

namespace parlance::centrifugo {

/// What all connections share. Any thread. Outlives the server's run.
class Gateway {
 public:
  Gateway(api::Services& all_services, api::RpcRegistry const& operations, Options given)
      : services(all_services),
        rpc(operations),
        options(given),
        source(all_services.reads),
        peers(all_services.broker),
        node(all_services.broker.node()) {}

  api::Services& services;
  api::RpcRegistry const& rpc;
  Options const options;
  api::LogSource source;
  Directory directory;
  Peers peers;
  std::string const node;  ///< this one's name among others

  /// The executor's own.
  Flusher& flusher(Executor& executor) {
    return flushers_.with([&](auto& all) -> Flusher& {
      auto& found = all[&executor];
      if (!found) found = std::make_unique<Flusher>(executor);
      return *found;
    });
  }

 private:
  Guarded<std::unordered_map<Executor*, std::unique_ptr<Flusher>>> flushers_;
};

}  // namespace parlance::centrifugo
