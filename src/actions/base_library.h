#pragma once

#include <lua5.4/lua.hpp>

namespace parlance::actions {

/// Pushes the table of a program's globals with Lua's basic functions and the libraries table, math, utf8 and string.
/// What is not here does not exist for a program: no io, os, package, debug, coroutine; no load, collectgarbage or
/// random numbers. What differs from Lua's own: pairs and next go by the order of the keys, so that every run sees the
/// same; tostring shows no address; a metatable takes neither __gc nor __mode; there is no xpcall, whose handler would
/// run without being counted.
void push_globals(lua_State* state);

}  // namespace parlance::actions
