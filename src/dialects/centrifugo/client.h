#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/credentials.h"
#include "api/identity.h"
#include "api/live_identity.h"
#include "base/crypto.h"
#include "base/task.h"
#include "dialects/centrifugo/channel.h"
#include "dialects/centrifugo/commands.h"
#include "dialects/centrifugo/directory.h"
#include "dialects/centrifugo/gateway.h"
#include "dialects/centrifugo/outcome.h"
#include "dialects/centrifugo/transport.h"
#include "realtime/hub.h"
#include "realtime/presence.h"

namespace parlance::centrifugo {

/// One connection that speaks the protocol, over whichever transport: who it is, its channels, and its clocks. What its
/// commands do is in the handlers. Executor's thread, but for handle().
class Client final : public realtime::Subscriber, public std::enable_shared_from_this<Client> {
 public:
  /// `presented` is what the HTTP request brought, for clients that connect without a token.
  Client(Gateway& gateway, api::Presented presented, std::shared_ptr<Transport> transport);

  /// Starts to wait for the connect command.
  void start();

  /// Runs the commands of one message. One call at a time.
  static Task<void> receive(std::shared_ptr<Client> self, std::string message);
  /// The same for messages that may come at once; they run in their order.
  void enqueue(std::string message);
  /// Connects a client that cannot send: `request` is its connect request.
  static Task<void> connect_once(std::shared_ptr<Client> self, Command request);

  /// Ends the connection. Later calls do nothing.
  void close(Disconnect const& why);
  /// The transport has ended.
  void end();

  // What the handlers stand on.
  Gateway& gateway() const { return gateway_; }
  Executor& executor() const { return transport_->executor(); }
  bool is_open() const { return !has_ended_; }
  bool is_connected() const { return identity_ != nullptr; }
  bool is_unidirectional() const { return transport_->is_unidirectional(); }
  /// As they are now: keep a copy over whatever is awaited.
  api::Identity const& identity() const { return identity_->current(); }
  core::Caller const& caller() const { return identity().caller; }
  model::Tenant const& tenant() const { return identity().tenant->tenant; }
  api::Presented const& presented() const { return presented_; }
  std::string const& id() const { return id_; }
  std::string const& session() const { return session_; }
  ClientHandle handle() {
    return {weak_from_this(), &executor(), caller().tenant, caller().external_id, id_, session_};
  }
  ClientInfo info() const { return {caller().external_id, id_, info_}; }

  void send(Item item) { transport_->send(std::move(item)); }
  void send_push(std::string text) { transport_->send_push(std::move(text)); }
  void send_push(http::SharedBuffer push) { transport_->send({std::move(push), true, nullptr}); }
  std::size_t waiting_bytes() const { return transport_->waiting_bytes(); }
  bool wants_frames() const { return transport_->wants_frames(); }

  /// Takes up the identity that the connect command has shown. `info` is JSON for presence, or empty.
  void admit(api::Identity identity, std::string info, bool has_token);
  /// The client has shown another token.
  void renew(core::TokenGrant const& grant) { identity_->extend(grant); }
  /// The connection may go on until then (0 = for ever) and the time of grace after it.
  void extend(Timestamp ends_at) { identity_->set_end(ends_at); }
  Timestamp ends_at() const { return identity_->ends_at(); }
  bool has_token() const { return has_token_; }
  /// From now on: pings, and what concerns the user. After the connect reply is sent.
  void begin();

  Channel* find_channel(std::string_view name) const;
  std::size_t channel_count() const { return channels_.size(); }
  std::vector<std::string> channel_names() const;
  /// Keeps a place for a channel that is being opened; empty where there is one by that name.
  Channel* add_channel(ChannelTerms terms);
  /// Ends a subscription; nothing is told. False where there is none.
  bool remove_channel(std::string_view name);
  /// The same, and the client is told why.
  void leave_channel(std::string name, Unsubscription const& why);
  /// Ends a subscription at its time unless it is extended meanwhile.
  void watch_channel_end(std::string const& name);

 private:
  void on_event(realtime::Delivery const& delivery) override;
  void on_signal(realtime::SignalDelivery const& signal) override;
  void on_doubt() override;

  static Task<void> run_inbox(std::shared_ptr<Client> self);
  Task<void> run(Command command);
  Task<Outcome<std::string>> dispatch(Command const& command);
  void answer(Command const& command, Outcome<std::string> outcome);
  void take_pong();
  void ping();
  template <class Action>
  void later(std::chrono::milliseconds delay, Action action);

  Gateway& gateway_;
  api::Presented presented_;
  std::shared_ptr<Transport> transport_;
  std::string const id_ = random_uuid();
  std::string const session_ = random_uuid();

  std::shared_ptr<api::LiveIdentity> identity_;
  std::string info_;
  bool has_token_ = false;
  bool has_failed_ = false;  ///< to connect: no command is answered any more
  bool awaits_pong_ = false;
  bool has_ended_ = false;
  bool is_draining_ = false;
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
  std::deque<std::string> inbox_;

  realtime::Subscription user_subscription_;
  realtime::Presence::Connection presence_;
  Directory::Entry entry_;
};

}  // namespace parlance::centrifugo
