#include "actions/budget.h"

#include <cstdlib>
#include <limits>

#include "base/clock.h"

namespace parlance::actions {

namespace {

/// Short, since one instruction can compare or copy megabytes.
constexpr int kStepsBetweenLooks = 100;
constexpr std::size_t kBytesPerStep = 256;

std::int64_t as_steps(std::size_t count) {
  constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max() / 4;
  return static_cast<std::int64_t>(count < kMost ? count : kMost);
}

}  // namespace

Budget::Budget(Limits const& limits)
    : limits_(limits),
      steps_left_(limits.steps),
      deadline_(monotonic_now() + std::chrono::microseconds(limits.time).count()) {}

void* Budget::allocate(void* budget, void* block, std::size_t old_size, std::size_t new_size) {
  auto& self = *static_cast<Budget*>(budget);
  // Where there is no block yet, the old size says what kind of thing it is for.
  auto const held = block ? old_size : 0;
  if (new_size == 0) {
    self.used_bytes_ -= held;
    std::free(block);
    return nullptr;
  }
  if (new_size > held) {
    self.take(new_size / kBytesPerStep);
    if (!self.spent_.empty() || new_size - held > self.limits_.memory_bytes - self.used_bytes_) return nullptr;
  }
  auto* const moved = std::realloc(block, new_size);
  if (moved) self.used_bytes_ += new_size - held;
  return moved;
}

void Budget::attach(lua_State* state) {
  *static_cast<Budget**>(lua_getextraspace(state)) = this;
  lua_sethook(state, on_count, LUA_MASKCOUNT, kStepsBetweenLooks);
}

Budget& Budget::of(lua_State* state) { return **static_cast<Budget**>(lua_getextraspace(state)); }

void Budget::take(std::size_t steps) {
  if (!spent_.empty()) return;
  steps_left_ -= as_steps(steps);
  if (steps_left_ < 0) {
    spent_ = "it takes too many steps";
  } else if (monotonic_now() > deadline_) {
    spent_ = "it takes too long";
  }
}

void Budget::raise(lua_State* state) {
  // From now on every instruction raises again, so that nothing that catches errors gets any further.
  lua_sethook(state, on_count, LUA_MASKCOUNT, 1);
  lua_pushliteral(state, "limit");
  lua_error(state);
  std::abort();
}

void Budget::on_count(lua_State* state, lua_Debug*) { of(state).charge(state, kStepsBetweenLooks); }

void Budget::charge(lua_State* state, std::size_t steps) {
  take(steps);
  raise_if_spent(state);
}

void Budget::raise_if_spent(lua_State* state) {
  if (!spent_.empty()) raise(state);
}

void Loan::take(std::size_t bytes) {
  budget_.charge(state_, bytes / kBytesPerStep);
  if (bytes > budget_.limits_.memory_bytes - budget_.used_bytes_) luaL_error(state_, "it takes too much memory");
  budget_.used_bytes_ += bytes;
  bytes_ += bytes;
}

}  // namespace parlance::actions
