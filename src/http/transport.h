#pragma once

#include <sys/uio.h>

#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace parlance::http {

enum class IoStatus {
  done,         ///< `bytes` of them were moved, at least one
  would_block,  ///< wait for the readiness that the call is about, then call again
  wants_write,  ///< a read that must write first (a TLS handshake): wait until writable, then read again
  ended,        ///< a read: the peer sends no more
  failed,       ///< the connection is broken
};

struct IoResult {
  IoStatus status;
  std::size_t bytes = 0;
};

/// The bytes of one connection over a non-blocking descriptor that somebody else owns.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual IoResult read(std::span<char> into) = 0;
  /// Writes some of `pieces`, in order. After would_block the next write must begin with the same bytes.
  virtual IoResult write(std::span<iovec const> pieces) = 0;
  /// No more writes follow: tells the peer.
  virtual void end_writes() = 0;
  virtual bool is_secure() const = 0;
};

std::unique_ptr<Transport> plain_transport(int descriptor);

/// The certificate and key of a TLS listener. Shared by all threads.
class TlsContext {
 public:
  /// PEM files. invalid_argument where they cannot be read or do not fit together.
  static Result<std::shared_ptr<TlsContext>> load(std::string const& certificate, std::string const& key);
  virtual ~TlsContext() = default;
  virtual std::unique_ptr<Transport> wrap(int descriptor) = 0;
};

}  // namespace parlance::http
