#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "core/relay.h"
#include "model/event.h"
#include "outbound/http_client.h"
#include "realtime/broker.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::centrifugo {

struct RelayOptions {
  std::string api_url;  ///< "http://127.0.0.1:8000/api"; empty: nothing is relayed
  std::string api_key;

  /// The wait after a failure; it doubles up to the second.
  std::chrono::milliseconds first_wait{200};
  std::chrono::milliseconds longest_wait{30'000};

  /// Publications in one call.
  std::int64_t batch = 100;

  /// With several nodes: how long after the death of the one that relays another takes over, at most. Longer than a
  /// call may take.
  std::chrono::milliseconds lease{30'000};
};

/// Publishes every stored event also to an external Centrifugo, by its server API, into channels of the same names: in
/// order for each conversation, at least once, with an idempotency key for each event, retried until it is
/// acknowledged. What Centrifugo refuses for good (an unknown namespace) is logged and passed over. Of several nodes
/// that run one, the holder of a lease relays.
class Relay {
 public:
  /// Before the broker starts. All but the options must outlive the relay.
  Relay(storage::WriteLanes& lanes, storage::ReadPool& reads, realtime::Broker& broker,
        outbound::HttpClient const& client, RelayOptions options);
  ~Relay();

  /// Takes up where it stopped last. Error: unavailable.
  Result<void> start();
  /// The call in progress is the last one. Idempotent.
  void stop();

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;  // tenant, conversation
  struct State {
    std::set<Key> known;  ///< in the queue
    std::deque<core::RelayedConversation> queue;
    bool must_look = true;  ///< more than the queue holds may be due
    bool is_stopping = false;
  };
  struct Stretch;

  void note(model::Event const& event);
  void run();
  bool wait_for_work();
  bool is_its_turn();
  Result<void> look_for_work();
  Result<void> relay_next();
  /// True where there is more of it.
  Result<bool> relay_stretch(core::RelayedConversation const& which);
  Result<Stretch> read_stretch(core::RelayedConversation const& which);
  Result<std::int64_t> publish(Stretch const& stretch);
  void rest(std::chrono::milliseconds wait);

  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  realtime::Broker& broker_;
  outbound::HttpClient const& client_;
  RelayOptions const options_;
  std::int64_t lease_ends_ = 0;  ///< monotonic; 0 = it has none
  Guarded<State> state_;
  std::thread thread_;
};

}  // namespace parlance::centrifugo
