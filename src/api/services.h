#pragma once

#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::realtime {
class Broker;
class Presence;
}  // namespace parlance::realtime

namespace parlance::search {
class MessageIndex;
}

namespace parlance::files {
class BlobStore;
}

namespace parlance::http {
class Metrics;
}

namespace parlance::api {

class Authenticator;
class BlockingPool;
class Process;

/// What the handlers of every dialect stand on. Made by app/; everything in it outlives the HTTP server.
struct Services {
  storage::WriteLanes& lanes;
  storage::ReadPool& reads;
  realtime::Broker& broker;
  realtime::Presence& presence;
  http::Metrics& metrics;
  Authenticator& authenticator;
  Process& process;
  search::MessageIndex& index;
  files::BlobStore& blobs;
  BlockingPool& disk;  ///< where blobs are read and written
};

}  // namespace parlance::api
