#pragma once

#include <lua5.4/lua.hpp>

namespace parlance::actions {

/// Pushes the table `string` of programs, and makes it the strings' methods. Lua's own, but for what could run long
/// inside one instruction (rep, find, match, gmatch, gsub), show an address (format), or deal in bytecode (dump).
void push_string_library(lua_State* state);

/// Wraps a function of Lua's own that takes time by the size of its strings and tables: pushes one that charges for
/// them first, and refuses tables with a metatable, which could make them look endless.
void push_charged(lua_State* state, lua_CFunction function);

}  // namespace parlance::actions
