#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace parlance::actions {

/// What one run of a program may take. Over any of them it ends with an error that it cannot catch, but for the memory,
/// whose error it may catch as Lua wants it.
struct Limits {
  /// Instructions of the virtual machine; work inside of functions counts by its size. About 50 ms.
  std::int64_t steps = 5'000'000;

  std::size_t memory_bytes = 8 << 20;

  /// For a machine too busy to get through the steps: the one limit that is not the same on every run.
  std::chrono::milliseconds time{2'000};

  /// Of what it logs; the rest is cut off, without an error.
  std::size_t log_bytes = 16 << 10;

  /// Of one object's fields as JSON.
  std::size_t fields_bytes = 16 << 10;

  /// Objects that it may create, update and delete, and messages it may post.
  std::size_t writes = 100;
  std::size_t posts = 10;

  /// Of all its action items together as JSON.
  std::size_t items_bytes = 256 << 10;

  /// Of values that leave it as JSON.
  int depth = 16;
};

}  // namespace parlance::actions
