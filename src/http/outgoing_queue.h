#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <vector>

#include "http/outlet.h"

namespace parlance::http {

/// Bytes on their way to one client, as shared buffers. Holds no memory while empty.
class OutgoingQueue {
 public:
  void push(SharedBuffer bytes);
  bool empty() const { return bytes_ == 0; }
  std::size_t bytes() const { return bytes_; }

  /// Fills `pieces` from the front; how many there are.
  std::size_t gather(std::span<iovec> pieces) const;
  /// Forgets the first `count` bytes.
  void consume(std::size_t count);
  /// Forgets everything but the rest of a buffer that was begun.
  void drop_unbegun();
  void clear();

 private:
  void compact();

  std::vector<SharedBuffer> buffers_;
  std::size_t first_ = 0;   // of buffers_
  std::size_t offset_ = 0;  // into the first
  std::size_t bytes_ = 0;
};

}  // namespace parlance::http
