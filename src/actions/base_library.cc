#include "actions/base_library.h"

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

#include "actions/budget.h"
#include "actions/string_library.h"
#include "actions/values.h"

namespace parlance::actions {

namespace {

int protected_call(lua_State* state) {
  luaL_checkany(state, 1);
  auto const status = lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0);
  Budget::of(state).raise_if_spent(state);
  lua_pushboolean(state, status == LUA_OK ? 1 : 0);
  lua_insert(state, 1);
  return lua_gettop(state);
}

int to_text(lua_State* state) {
  luaL_checkany(state, 1);
  push_text(state, 1);
  return 1;
}

int set_metatable(lua_State* state) {
  auto const type = lua_type(state, 2);
  luaL_checktype(state, 1, LUA_TTABLE);
  luaL_argexpected(state, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(state, 1, "__metatable") != LUA_TNIL) luaL_error(state, "cannot change a protected metatable");
  for (auto const* name : {"__gc", "__mode"}) {
    if (type == LUA_TNIL) break;
    lua_pushstring(state, name);
    if (lua_rawget(state, 2) != LUA_TNIL) luaL_error(state, "a metatable takes no %s", name);
    lua_pop(state, 1);
  }
  lua_settop(state, 2);
  lua_setmetatable(state, 1);
  return 1;
}

/// A key of a table: false before true before numbers before texts.
struct Key {
  int rank = 0;
  lua_Number number = 0;
  lua_Integer integer = 0;
  std::string_view text;

  friend bool operator<(Key const& left, Key const& right) {
    if (left.rank != right.rank) return left.rank < right.rank;
    if (left.number != right.number) return left.number < right.number;
    if (left.integer != right.integer) return left.integer < right.integer;
    return left.text < right.text;
  }
};

/// The key at the top of the stack. Texts stay valid while their table holds them.
Key key_of(lua_State* state, int index) {
  switch (lua_type(state, index)) {
    case LUA_TBOOLEAN: return {.rank = lua_toboolean(state, index)};
    case LUA_TNUMBER: {
      auto const integer = lua_isinteger(state, index) != 0 ? lua_tointeger(state, index) : 0;
      return {.rank = 2, .number = lua_tonumber(state, index), .integer = integer};
    }
    case LUA_TSTRING: {
      std::size_t size = 0;
      auto const* text = lua_tolstring(state, index, &size);
      return {.rank = 3, .text = {text, size}};
    }
    default: luaL_error(state, "keys of type %s have no order to go by", luaL_typename(state, index)); return {};
  }
}

void push_key(lua_State* state, Key const& key) {
  if (key.rank < 2) {
    lua_pushboolean(state, key.rank);
  } else if (key.rank == 3) {
    lua_pushlstring(state, key.text.data(), key.text.size());
  } else if (key.integer != 0 || key.number == 0) {
    lua_pushinteger(state, key.integer);
  } else {
    lua_pushnumber(state, key.number);
  }
}

std::vector<Key> keys_of(lua_State* state, int table) {
  constexpr std::size_t kStepsPerKey = 20;
  auto& budget = Budget::of(state);
  Loan loan(state);
  std::vector<Key> keys;
  lua_pushnil(state);
  while (lua_next(state, table) != 0) {
    lua_pop(state, 1);
    budget.charge(state, kStepsPerKey);
    loan.take(sizeof(Key));
    keys.push_back(key_of(state, -1));
  }
  return keys;
}

/// Upvalues: the sorted keys, how many were given.
int next_pair(lua_State* state) {
  auto position = lua_tointeger(state, lua_upvalueindex(2));
  while (true) {
    if (lua_rawgeti(state, lua_upvalueindex(1), ++position) == LUA_TNIL) return 1;
    lua_pushvalue(state, -1);
    if (lua_rawget(state, 1) != LUA_TNIL) break;
    // Removed meanwhile.
    lua_pop(state, 2);
    Budget::of(state).charge(state, 1);
  }
  lua_pushinteger(state, position);
  lua_replace(state, lua_upvalueindex(2));
  return 2;
}

int pairs(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 1);
  auto keys = keys_of(state, 1);
  std::ranges::sort(keys, [](Key const& left, Key const& right) { return left < right; });
  lua_createtable(state, static_cast<int>(keys.size()), 0);
  lua_Integer position = 0;
  for (auto const& key : keys) {
    push_key(state, key);
    lua_rawseti(state, -2, ++position);
  }
  lua_pushinteger(state, 0);
  lua_pushcclosure(state, next_pair, 2);
  lua_pushvalue(state, 1);
  lua_pushnil(state);
  return 3;
}

int next(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 2);
  auto const keys = keys_of(state, 1);
  bool const is_first = lua_isnil(state, 2);
  auto const after = is_first ? Key{.rank = -1} : key_of(state, 2);
  Key const* best = nullptr;
  for (auto const& key : keys) {
    if (after < key && (!best || key < *best)) best = &key;
  }
  if (!best) {
    lua_pushnil(state);
    return 1;
  }
  push_key(state, *best);
  lua_pushvalue(state, -1);
  lua_rawget(state, 1);
  return 2;
}

void charge_range(lua_State* state, lua_Integer first, lua_Integer last) {
  if (last < first) return;
  Budget::of(state).charge(state, static_cast<std::size_t>(last) - static_cast<std::size_t>(first) + 1);
}

int unpack(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  if (lua_getmetatable(state, 1) != 0) luaL_argerror(state, 1, "a plain table expected");
  auto const first = luaL_optinteger(state, 2, 1);
  auto const last = luaL_opt(state, luaL_checkinteger, 3, static_cast<lua_Integer>(lua_rawlen(state, 1)));
  charge_range(state, first, last);
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

int move(lua_State* state) {
  for (auto const index : {1, 5}) {
    if (lua_getmetatable(state, index) != 0) luaL_argerror(state, index, "a plain table expected");
  }
  charge_range(state, luaL_checkinteger(state, 2), luaL_checkinteger(state, 3));
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

int sort(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  if (lua_getmetatable(state, 1) != 0) luaL_argerror(state, 1, "a plain table expected");
  Budget::of(state).charge(state, lua_rawlen(state, 1) * 20);
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// Sets field `name` of the table at the top to Lua's own function of that name in the library at `theirs`, wrapped.
void wrap(lua_State* state, int theirs, char const* name, lua_CFunction wrapper) {
  lua_getfield(state, theirs, name);
  lua_pushcclosure(state, wrapper, 1);
  lua_setfield(state, -2, name);
}

void take(lua_State* state, int theirs, char const* name) {
  lua_getfield(state, theirs, name);
  lua_setfield(state, -2, name);
}

void take_charged(lua_State* state, int theirs, char const* name) {
  lua_getfield(state, theirs, name);
  auto const function = lua_tocfunction(state, -1);
  lua_pop(state, 1);
  push_charged(state, function);
  lua_setfield(state, -2, name);
}

void set(lua_State* state, char const* name, lua_CFunction function) {
  lua_pushcfunction(state, function);
  lua_setfield(state, -2, name);
}

void push_table_library(lua_State* state) {
  luaL_requiref(state, LUA_TABLIBNAME, luaopen_table, 0);
  auto const theirs = lua_gettop(state);
  lua_newtable(state);
  for (auto const* name : {"concat", "insert", "remove"}) take_charged(state, theirs, name);
  take(state, theirs, "pack");
  wrap(state, theirs, "unpack", unpack);
  wrap(state, theirs, "move", move);
  wrap(state, theirs, "sort", sort);
  lua_remove(state, theirs);
}

void push_math_library(lua_State* state) {
  luaL_requiref(state, LUA_MATHLIBNAME, luaopen_math, 0);
  for (auto const* name : {"random", "randomseed"}) {
    lua_pushnil(state);
    lua_setfield(state, -2, name);
  }
}

void push_utf8_library(lua_State* state) {
  luaL_requiref(state, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  auto const theirs = lua_gettop(state);
  lua_newtable(state);
  for (auto const* name : {"char", "codepoint", "codes", "len", "offset"}) take_charged(state, theirs, name);
  take(state, theirs, "charpattern");
  lua_remove(state, theirs);
}

}  // namespace

void push_globals(lua_State* state) {
  luaL_requiref(state, LUA_GNAME, luaopen_base, 0);
  auto const theirs = lua_gettop(state);
  lua_newtable(state);
  for (auto const* name : {"_VERSION", "assert", "error", "getmetatable", "ipairs", "rawequal", "rawget", "rawlen",
                           "rawset", "select", "type"}) {
    take(state, theirs, name);
  }
  take_charged(state, theirs, "tonumber");
  lua_remove(state, theirs);
  set(state, "pcall", protected_call);
  set(state, "tostring", to_text);
  set(state, "setmetatable", set_metatable);
  set(state, "pairs", pairs);
  set(state, "next", next);
  push_table_library(state);
  lua_setfield(state, -2, "table");
  push_math_library(state);
  lua_setfield(state, -2, "math");
  push_utf8_library(state);
  lua_setfield(state, -2, "utf8");
  push_string_library(state);
  lua_setfield(state, -2, "string");
  lua_pushvalue(state, -1);
  lua_setfield(state, -2, "_G");
}

}  // namespace parlance::actions
