#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dialects/centrifugo/channels.h"
#include "dialects/centrifugo/codes.h"
#include "dialects/centrifugo/directory.h"
#include "realtime/hub.h"
#include "realtime/stream.h"

namespace parlance::centrifugo {

class Client;

/// How a subscription came about and what it does beside passing on publications.
struct ChannelTerms {
  ChannelName name;
  bool is_server_side = false;
  bool has_token = false;   ///< it can be refreshed, and must be where it ends
  bool is_granted = false;  ///< by the tenant's backend, whatever the user may see by itself
  Timestamp ends_at = 0;    ///< 0 = never
  Directory::Presence presence;
};

/// One subscription of a client: passes on what happens in its channel, without a gap. Executor's thread. Belongs to
/// its client, and may be destroyed by it inside any of the calls it makes.
class Channel final : private realtime::StreamListener {
 public:
  Channel(Client& client, ChannelTerms terms);

  ChannelName const& name() const { return terms_.name; }
  ChannelTerms const& terms() const { return terms_; }
  void set_end(Timestamp ends_at) { terms_.ends_at = ends_at; }

  /// Its end is looked at again at that time; false where it is looked at before that anyway.
  bool begin_wait(Timestamp until) {
    if (waits_until_ != 0 && waits_until_ <= until) return false;
    waits_until_ = until;
    return true;
  }
  /// False for a wait whose place an earlier one has taken.
  bool end_wait(Timestamp until) {
    if (waits_until_ != until) return false;
    waits_until_ = 0;
    return true;
  }

  /// Follows a log from `after` on. Nothing is sent inside this call.
  void follow(ConversationId conversation, realtime::StreamPosition after, std::int64_t hidden_through);

  /// Follows the online status of somebody, as it is announced to the conversations shared with the client.
  void follow_status(std::vector<ConversationId> const& shared, realtime::Subscriber& subscriber);

  /// Shows the client in presence.
  void enter(ClientInfo info);

  /// True where the client is in the channel because its user may see what is behind it, and no longer than that.
  bool depends_on_sight() const {
    return terms_.name.kind == ChannelKind::status || (terms_.name.kind == ChannelKind::chat && !terms_.is_granted);
  }

  /// Passes nothing of a log on until that hold is released; a later one takes the place of those before it.
  std::uint64_t hold();
  void release(std::uint64_t hold);

 private:
  void on_stream_event(realtime::Delivery const& delivery) override;
  void on_stream_passing(realtime::Delivery const& delivery) override;
  void on_stream_signal(realtime::SignalDelivery const& signal) override;
  void on_stream_end(realtime::StreamEnd end, realtime::StreamPosition current) override;

  bool takes_client_out(model::Event const& event) const;
  void pass_on(realtime::Delivery const& delivery);
  void slow_down();
  void wait_for_reader();
  void resume();

  Client& client_;
  ChannelTerms terms_;
  Timestamp waits_until_ = 0;  ///< of the earliest wait for its end; 0 = none
  std::int64_t hidden_through_ = 0;
  std::optional<realtime::Stream> stream_;
  std::uint64_t hold_ = 0;                  ///< 0 = none
  std::optional<realtime::Delivery> held_;  ///< waits for the hold's end
  bool is_waiting_for_reader_ = false;
  std::vector<realtime::Subscription> status_;
  Directory::Entry place_;
};

/// The push of a signal in a channel, encoded once; the same channel for all who ask.
http::SharedBuffer signal_push(realtime::SignalDelivery const& signal, std::string_view channel, std::uint16_t variant);

}  // namespace parlance::centrifugo
