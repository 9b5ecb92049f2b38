#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/identity.h"
#include "api/live_identity.h"
#include "base/result.h"
#include "base/task.h"
#include "dialects/structchat/feed_desk.h"
#include "dialects/structchat/feed_watch.h"
#include "dialects/structchat/gateway.h"
#include "dialects/structchat/websocket_frames.h"
#include "http/websocket.h"

namespace parlance::structchat {

/// One WebSocket of one user: the feed that it shows, and who is there. Lives until its connection ends. Executor's
/// thread.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(Gateway& gateway, api::Identity identity, std::shared_ptr<http::WebSocket> socket);

  /// Takes up the connection.
  void open();

  // What the desk stands on.
  /// As it is now: keep a copy over whatever is awaited.
  core::Caller const& caller() const { return identity_->current().caller; }
  FeedWatch& watch() { return watch_; }
  /// False while the client takes what it has been sent too slowly to be sent more.
  bool has_room() const;

  /// Tells of those of `moved` that are among `asked`, in their order, as far as there is room; the others are due
  /// again.
  void tell_moved(std::vector<MovedThread> const& moved, std::vector<ConversationId> const& asked);
  void tell_presence(PresenceStatus status, std::vector<UserId> const& users);
  /// Where a feed is shown: it has to be loaded again.
  void tell_reset();
  /// The feed is there no more, and nothing is told of it.
  void lose_feed(Error const& error);

 private:
  static Task<void> receive(std::weak_ptr<Session> weak, std::string payload, bool is_text);
  Task<void> answer(std::string_view payload);
  Task<Result<void>> run(ClientFrame const& frame);
  Result<void> mark_presence(boost::json::value const& args);
  Task<Result<void>> show_feed(boost::json::value const& args);
  void say_goodbye();
  void end();

  Executor& executor() const { return socket_->executor(); }

  Gateway& gateway_;
  std::shared_ptr<api::LiveIdentity> const identity_;
  std::shared_ptr<http::WebSocket> const socket_;
  std::shared_ptr<FeedDesk> const desk_;
  FeedWatch watch_;
  std::int64_t update_id_ = 0;  ///< of the last update sent
  bool has_ended_ = false;
};

}  // namespace parlance::structchat
