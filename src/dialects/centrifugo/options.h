#pragma once

#include <chrono>
#include <cstddef>

namespace parlance::centrifugo {

struct Options {
  /// Between the server's pings, and how long a client may take to answer one.
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds pong_timeout{8'000};

  /// How long a client may take to send its connect command.
  std::chrono::milliseconds connect_timeout{10'000};

  /// How long a connection or subscription whose token has ended may go on while the client fetches a new one.
  std::chrono::milliseconds expired_grace{25'000};

  /// Bytes that may wait for a slow reader before it is closed with 3008.
  std::size_t queue_limit = std::size_t{1} << 20;

  /// Connections of one user at once; a further one is closed with 3504.
  std::size_t max_connections_per_user = 100;

  /// Channels of one connection, those that the server has put it into included.
  std::size_t max_channels = 128;
};

/// The longest message that a client may send.
inline constexpr std::size_t kMaxMessageBytes = 65'536;

/// Publications in one reply of history, and in the reply to a subscription that recovers; more follow as pushes.
inline constexpr std::int64_t kMaxPublications = 300;

/// Bytes of publications in one reply, whatever their number: a reply must fit into a slow reader's queue.
inline constexpr std::size_t kMaxPublicationBytes = 256 << 10;

}  // namespace parlance::centrifugo
