#pragma once

#include <cstddef>
#include <cstdint>
#include <lua5.4/lua.hpp>
#include <string>
#include <string_view>

#include "actions/limits.h"

namespace parlance::actions {

/// Keeps a program within its limits: allocates for it, counts its steps, watches the clock. One Lua state; its thread.
class Budget {
 public:
  explicit Budget(Limits const& limits);
  Budget(Budget const&) = delete;
  Budget& operator=(Budget const&) = delete;

  /// A lua_Alloc whose first argument is a Budget. Bytes cost steps too, so that a loop of big copies is a long loop.
  static void* allocate(void* budget, void* block, std::size_t old_size, std::size_t new_size);

  /// Begins to count the state's steps. The state must have been made with allocate().
  void attach(lua_State* state);
  static Budget& of(lua_State* state);

  /// Takes `steps`. Raises a Lua error where the budget is spent, now or earlier.
  void charge(lua_State* state, std::size_t steps);

  /// After something was caught: a spent budget is not to be survived.
  void raise_if_spent(lua_State* state);

  /// Why the program must end; empty while it may go on.
  std::string_view spent() const { return spent_; }

  Limits const& limits() const { return limits_; }

 private:
  friend class Loan;

  static void on_count(lua_State* state, lua_Debug* record);
  void take(std::size_t steps);
  [[noreturn]] void raise(lua_State* state);

  Limits const limits_;
  std::int64_t steps_left_ = 0;
  std::int64_t deadline_ = 0;  ///< of monotonic_now()
  std::size_t used_bytes_ = 0;
  std::string_view spent_;
};

/// Memory that a function of ours holds beside the state: it counts as the program's while the loan lives.
class Loan {
 public:
  explicit Loan(lua_State* state) : state_(state), budget_(Budget::of(state)) {}
  Loan(Loan const&) = delete;
  Loan& operator=(Loan const&) = delete;
  ~Loan() { budget_.used_bytes_ -= bytes_; }

  /// Raises an error where the program may not have as much.
  void take(std::size_t bytes);

 private:
  lua_State* state_;
  Budget& budget_;
  std::size_t bytes_ = 0;
};

}  // namespace parlance::actions
