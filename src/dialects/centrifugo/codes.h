#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

/// The numbers of the protocol: https://centrifugal.dev/docs/server/codes
namespace parlance::centrifugo {

/// The error of one reply.
struct Fault {
  int code = 100;
  std::string message;
  bool is_temporary = false;  ///< clients try again
};

namespace faults {
inline Fault internal() { return {100, "internal server error", true}; }
inline Fault unauthorized() { return {101, "unauthorized"}; }
inline Fault unknown_channel() { return {102, "unknown channel"}; }
inline Fault permission_denied() { return {103, "permission denied"}; }
inline Fault method_not_found() { return {104, "method not found"}; }
inline Fault already_subscribed() { return {105, "already subscribed"}; }
inline Fault limit_exceeded() { return {106, "limit exceeded"}; }
inline Fault bad_request() { return {107, "bad request"}; }
inline Fault not_available() { return {108, "not available"}; }
inline Fault token_expired() { return {109, "token expired"}; }
inline Fault expired() { return {110, "expired"}; }
inline Fault too_many_requests() { return {111, "too many requests", true}; }
inline Fault unrecoverable_position() { return {112, "unrecoverable position"}; }
}  // namespace faults

/// What an operation's error is over rpc: one of the above, or a number of the application's own range, which is the
/// status that REST would answer with.
Fault fault_of(Error const& error);

/// Why a connection ends. 3000-3499 and 4000-4499: the client comes back; 3500-3999 and 4500-4999: it does not.
struct Disconnect {
  std::uint16_t code = 3000;
  std::string reason;
};

namespace disconnects {
inline Disconnect connection_closed() { return {3000, "connection closed"}; }
inline Disconnect shutdown() { return {3001, "shutdown"}; }
inline Disconnect server_error() { return {3004, "internal server error"}; }
inline Disconnect expired() { return {3005, "connection expired"}; }
inline Disconnect subscription_expired() { return {3006, "subscription expired"}; }
inline Disconnect slow() { return {3008, "slow"}; }
inline Disconnect insufficient_state() { return {3010, "insufficient state"}; }
inline Disconnect no_pong() { return {3012, "no pong"}; }
inline Disconnect too_many_requests() { return {3013, "too many requests"}; }
inline Disconnect invalid_token() { return {3500, "invalid token"}; }
inline Disconnect bad_request() { return {3501, "bad request"}; }
inline Disconnect stale() { return {3502, "stale"}; }
inline Disconnect force_no_reconnect() { return {3503, "force disconnect"}; }
inline Disconnect connection_limit() { return {3504, "connection limit"}; }
inline Disconnect channel_limit() { return {3505, "channel limit"}; }
inline Disconnect inappropriate_protocol() { return {3506, "inappropriate protocol"}; }
inline Disconnect permission_denied() { return {3507, "permission denied"}; }
}  // namespace disconnects

/// Why a subscription ends that the client did not end. From 2500 on the client subscribes again.
struct Unsubscription {
  int code = 2000;
  std::string_view reason;
};

namespace unsubscriptions {
inline constexpr Unsubscription kServer{2000, "server unsubscribe"};
inline constexpr Unsubscription kInsufficientState{2500, "insufficient state"};
inline constexpr Unsubscription kExpired{2501, "subscription expired"};
}  // namespace unsubscriptions

}  // namespace parlance::centrifugo
