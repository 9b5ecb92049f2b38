#pragma once

#include <chrono>
#include <cstdint>

#include "api/rpc.h"
#include "api/services.h"
#include "files/direct_transfer.h"
#include "files/media_type.h"
#include "http/router.h"

/// Conversations: RPC-style chat operations beside the Centrifugo protocol.
namespace parlance::conversations {

/// What the operations use beyond the services of every dialect. All of it outlives the router.
struct Stores {
  files::MediaTypes& media_types;

  /// Set where clients exchange contents with the blob store by themselves.
  files::DirectTransfer* direct = nullptr;
};

struct Options {
  /// The largest file that an upload ticket is given for.
  std::int64_t max_upload_bytes = std::int64_t{100} << 20;

  /// How long a ticket's URL takes the upload.
  std::chrono::minutes upload_lifetime{15};

  /// Typing signals that one user may send to one conversation at once, and how many more each second: enough for
  /// clients that repeat it every few seconds in several windows.
  std::int64_t typing_burst = 5;
  std::int64_t typing_per_second = 1;
};

/// Adds the operations as one group, each under /chat and /api/v1/chat, and by its operation id to `rpc`. Before the
/// server and the first connection; everything that is passed must outlive the router.
void add_routes(http::Router& router, api::Services& services, api::RpcRegistry& rpc, Stores stores, Options options);

}  // namespace parlance::conversations
