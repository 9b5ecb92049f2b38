#include "actions/host_library.h"

#include <algorithm>
#include <string_view>

#include "actions/budget.h"
#include "actions/values.h"
#include "base/json.h"
#include "base/text.h"

namespace parlance::actions {

namespace {

/// A call may read the database: its price keeps their number in the hundreds.
constexpr std::size_t kStepsPerCall = 5'000;
constexpr std::size_t kMaxJsonBytes = 256 << 10;
constexpr lua_Integer kDefaultLimit = 100;
constexpr lua_Integer kMaxLimit = 1'000;

HostBinding& binding_of(lua_State* state) {
  return *static_cast<HostBinding*>(lua_touserdata(state, lua_upvalueindex(1)));
}

std::string_view text_argument(lua_State* state, int index) {
  std::size_t size = 0;
  auto const* text = luaL_checklstring(state, index, &size);
  return {text, size};
}

Host& called_host(lua_State* state) {
  Budget::of(state).charge(state, kStepsPerCall);
  return binding_of(state).host;
}

/// Raises an error of the host in the program.
void raise(lua_State* state, Error const& error) {
  if (error.code == Errc::unavailable || error.code == Errc::internal) binding_of(state).trouble = error;
  luaL_error(state, "%s", error.message.c_str());
}

template <typename T>
T unwrap(lua_State* state, Result<T> result) {
  if (!result) raise(state, result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// {id, type, fields}, where the fields can be had directly too.
void push_object(lua_State* state, Object const& object) {
  lua_createtable(state, 0, 3);
  lua_pushinteger(state, object.id);
  lua_setfield(state, -2, "id");
  lua_pushlstring(state, object.type.data(), object.type.size());
  lua_setfield(state, -2, "type");
  push_json(state, object.fields);
  lua_createtable(state, 0, 1);
  lua_pushvalue(state, -2);
  lua_setfield(state, -2, "__index");
  lua_insert(state, -2);
  lua_setfield(state, -3, "fields");
  lua_setmetatable(state, -2);
}

int create_object(lua_State* state) {
  auto& host = called_host(state);
  auto const type = text_argument(state, 1);
  push_object(state, unwrap(state, host.create(type, to_json_object(state, 2, "fields"))));
  return 1;
}

int update_object(lua_State* state) {
  auto& host = called_host(state);
  auto const type = text_argument(state, 1);
  auto const id = luaL_checkinteger(state, 2);
  push_object(state, unwrap(state, host.update(type, id, to_json_object(state, 3, "fields"))));
  return 1;
}

int delete_object(lua_State* state) {
  auto& host = called_host(state);
  unwrap(state, host.remove(text_argument(state, 1), luaL_checkinteger(state, 2)));
  lua_pushboolean(state, 1);
  return 1;
}

int get_object(lua_State* state) {
  auto& host = called_host(state);
  auto const object = unwrap(state, host.get(text_argument(state, 1), luaL_checkinteger(state, 2)));
  if (object) {
    push_object(state, *object);
  } else {
    lua_pushnil(state);
  }
  return 1;
}

int query_objects(lua_State* state) {
  auto& host = called_host(state);
  auto const type = text_argument(state, 1);
  auto const wanted = lua_isnoneornil(state, 2) ? boost::json::object() : to_json_object(state, 2, "the filter");
  auto limit = kDefaultLimit;
  if (!lua_isnoneornil(state, 3)) {
    luaL_checktype(state, 3, LUA_TTABLE);
    if (lua_getfield(state, 3, "limit") != LUA_TNIL) limit = luaL_checkinteger(state, -1);
  }
  if (limit < 1) luaL_error(state, "limit must be at least 1");
  auto const found = unwrap(state, host.query(type, wanted, static_cast<std::size_t>(std::min(limit, kMaxLimit))));
  lua_createtable(state, static_cast<int>(found.size()), 0);
  lua_Integer position = 0;
  for (auto const& object : found) {
    push_object(state, object);
    lua_rawseti(state, -2, ++position);
  }
  return 1;
}

int post_message(lua_State* state) {
  unwrap(state, called_host(state).post(text_argument(state, 1)));
  return 0;
}

int thread_info(lua_State* state) {
  push_json(state, called_host(state).thread_info());
  return 1;
}

int user_info(lua_State* state) {
  push_json(state, called_host(state).user_info());
  return 1;
}

int tell_time(lua_State* state) {
  lua_pushstring(state, binding_of(state).host.now().c_str());
  return 1;
}

int write_log(lua_State* state) {
  auto& budget = Budget::of(state);
  auto& log = binding_of(state).log;
  auto const add = [&](std::string_view text) {
    auto const shown = text.substr(0, budget.limits().log_bytes - log.size());
    budget.charge(state, shown.size() + 1);
    log += shown;
  };
  for (int index = 1; index <= lua_gettop(state); ++index) {
    if (index > 1) add("\t");
    push_text(state, index);
    add(text_argument(state, -1));
    lua_pop(state, 1);
  }
  add("\n");
  return 0;
}

int encode_json(lua_State* state) {
  luaL_checkany(state, 1);
  auto const text = canonical_json(to_json(state, 1));
  Budget::of(state).charge(state, text.size() / 16);
  lua_pushlstring(state, text.data(), text.size());
  return 1;
}

int decode_json(lua_State* state) {
  auto const text = text_argument(state, 1);
  if (text.size() > kMaxJsonBytes) luaL_error(state, "the JSON is too long");
  Budget::of(state).charge(state, text.size());
  push_json(state, unwrap(state, parse_json(text)));
  return 1;
}

/// Sets field `name` of the table at the top.
void set(lua_State* state, HostBinding& binding, char const* name, lua_CFunction function) {
  lua_pushlightuserdata(state, &binding);
  lua_pushcclosure(state, function, 1);
  lua_setfield(state, -2, name);
}

}  // namespace

void add_host_library(lua_State* state, HostBinding& binding) {
  lua_newtable(state);
  set(state, binding, "create", create_object);
  set(state, binding, "update", update_object);
  set(state, binding, "delete", delete_object);
  set(state, binding, "get", get_object);
  set(state, binding, "query", query_objects);
  lua_setfield(state, -2, "objects");

  lua_newtable(state);
  set(state, binding, "post", post_message);
  set(state, binding, "info", thread_info);
  lua_setfield(state, -2, "thread");

  lua_newtable(state);
  set(state, binding, "info", user_info);
  lua_setfield(state, -2, "user");

  lua_newtable(state);
  set(state, binding, "encode", encode_json);
  set(state, binding, "decode", decode_json);
  push_null(state);
  lua_setfield(state, -2, "null");
  lua_setfield(state, -2, "json");

  set(state, binding, "log", write_log);
  set(state, binding, "print", write_log);
  set(state, binding, "now", tell_time);
  lua_pushboolean(state, binding.host.is_approved() ? 1 : 0);
  lua_setfield(state, -2, "is_approved");
}

}  // namespace parlance::actions
