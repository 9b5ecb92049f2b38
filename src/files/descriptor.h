#pragma once

#include <unistd.h>

#include <utility>

namespace parlance::files {

/// A file descriptor that closes itself. Move-only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }

  int get() const { return value_; }
  explicit operator bool() const { return value_ >= 0; }

  /// Gives the descriptor up without closing it.
  int release() { return std::exchange(value_, -1); }

 private:
  int value_ = -1;
};

}  // namespace parlance::files
