#include "actions/values.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "actions/budget.h"
#include "base/json.h"
#include "base/text.h"

namespace parlance::actions {

namespace {

constexpr std::size_t kStepsPerValue = 10;

class Encoder {
 public:
  explicit Encoder(lua_State* state) : state_(state), budget_(Budget::of(state)), loan_(state) {}

  boost::json::value encode(int index, int depth) {
    budget_.charge(state_, kStepsPerValue);
    loan_.take(sizeof(boost::json::value));
    switch (lua_type(state_, index)) {
      case LUA_TNIL: return nullptr;
      case LUA_TBOOLEAN: return lua_toboolean(state_, index) != 0;
      case LUA_TNUMBER: return encode_number(index);
      case LUA_TSTRING: return encode_text(index);
      case LUA_TTABLE: return encode_table(lua_absindex(state_, index), depth);
      case LUA_TLIGHTUSERDATA: return nullptr;
      default: luaL_error(state_, "a %s has no place in JSON", luaL_typename(state_, index));
    }
    return nullptr;
  }

 private:
  boost::json::value encode_number(int index) {
    if (lua_isinteger(state_, index)) return static_cast<std::int64_t>(lua_tointeger(state_, index));
    auto const number = lua_tonumber(state_, index);
    if (!std::isfinite(number)) luaL_error(state_, "JSON has no infinite numbers");
    return number;
  }

  boost::json::string encode_text(int index) {
    std::size_t size = 0;
    auto const* text = lua_tolstring(state_, index, &size);
    budget_.charge(state_, size / 16);
    loan_.take(size);
    if (!is_utf8({text, size})) luaL_error(state_, "a text in JSON must be UTF-8");
    return boost::json::string(text, size);
  }

  boost::json::value encode_table(int index, int depth) {
    if (depth == 0) luaL_error(state_, "the value is nested too deeply");
    luaL_checkstack(state_, 4, "the value is nested too deeply");
    auto const length = lua_rawlen(state_, index);
    if (length > 0) return encode_array(index, length, depth);
    boost::json::object object;
    lua_pushnil(state_);
    while (lua_next(state_, index) != 0) {
      if (lua_type(state_, -2) != LUA_TSTRING) luaL_error(state_, "an object in JSON has texts for keys");
      auto const key = encode_text(-2);
      object[key] = encode(-1, depth - 1);
      lua_pop(state_, 1);
    }
    return object;
  }

  boost::json::array encode_array(int index, std::size_t length, int depth) {
    boost::json::array array;
    for (std::size_t i = 1; i <= length; ++i) {
      lua_rawgeti(state_, index, static_cast<lua_Integer>(i));
      array.push_back(encode(-1, depth - 1));
      lua_pop(state_, 1);
    }
    lua_pushnil(state_);
    std::size_t keys = 0;
    while (lua_next(state_, index) != 0) {
      budget_.charge(state_, 1);
      ++keys;
      lua_pop(state_, 1);
    }
    if (keys != length) luaL_error(state_, "an array in JSON has the keys 1 to n and no others");
    return array;
  }

  lua_State* state_;
  Budget& budget_;
  Loan loan_;
};

/// Equal numbers have one text, whether Lua holds them as integers or not: 200 / 2 is 100.
void append_number(std::string& out, double number) {
  constexpr double kExactIntegers = 9007199254740992;  // 2^53
  bool const is_integer = number == std::trunc(number) && std::abs(number) <= kExactIntegers;
  JsonWriter writer;
  if (is_integer) {
    writer.value(static_cast<std::int64_t>(number));
  } else {
    writer.value(number);
  }
  out += writer.text();
}

void append_canonical(std::string& out, boost::json::value const& value) {
  if (auto const* array = value.if_array()) {
    out += '[';
    for (auto const& item : *array) {
      if (&item != array->data()) out += ',';
      append_canonical(out, item);
    }
    out += ']';
  } else if (auto const* object = value.if_object()) {
    std::vector<boost::json::key_value_pair const*> members;
    for (auto const& member : *object) members.push_back(&member);
    std::ranges::sort(members, {}, [](auto const* member) { return std::string_view(member->key()); });
    out += '{';
    for (auto const* member : members) {
      if (member != members.front()) out += ',';
      out += boost::json::serialize(boost::json::string(member->key())) + ":";
      append_canonical(out, member->value());
    }
    out += '}';
  } else if (auto const* number = value.if_double()) {
    append_number(out, *number);
  } else {
    out += boost::json::serialize(value);
  }
}

void push_object(lua_State* state, boost::json::object const& object) {
  lua_createtable(state, 0, static_cast<int>(object.size()));
  for (auto const& member : object) {
    lua_pushlstring(state, member.key().data(), member.key().size());
    push_json(state, member.value());
    lua_rawset(state, -3);
  }
}

void push_array(lua_State* state, boost::json::array const& array) {
  lua_createtable(state, static_cast<int>(array.size()), 0);
  lua_Integer position = 0;
  for (auto const& item : array) {
    push_json(state, item);
    lua_rawseti(state, -2, ++position);
  }
}

}  // namespace

void push_null(lua_State* state) { lua_pushlightuserdata(state, nullptr); }

void push_json(lua_State* state, boost::json::value const& value) {
  luaL_checkstack(state, 4, "the value is nested too deeply");
  Budget::of(state).charge(state, kStepsPerValue);
  switch (value.kind()) {
    case boost::json::kind::null: return push_null(state);
    case boost::json::kind::bool_: return lua_pushboolean(state, value.get_bool() ? 1 : 0);
    case boost::json::kind::int64: return lua_pushinteger(state, value.get_int64());
    case boost::json::kind::uint64: return lua_pushnumber(state, static_cast<lua_Number>(value.get_uint64()));
    case boost::json::kind::double_: return lua_pushnumber(state, value.get_double());
    case boost::json::kind::string:
      lua_pushlstring(state, value.get_string().data(), value.get_string().size());
      return;
    case boost::json::kind::object: return push_object(state, value.get_object());
    case boost::json::kind::array: return push_array(state, value.get_array());
  }
}

boost::json::value to_json(lua_State* state, int index) {
  return Encoder(state).encode(index, Budget::of(state).limits().depth);
}

boost::json::object to_json_object(lua_State* state, int index, char const* what) {
  if (lua_type(state, index) != LUA_TTABLE) luaL_error(state, "%s must be a table", what);
  auto value = to_json(state, index);
  if (!value.is_object()) luaL_error(state, "%s must have texts for keys", what);
  return std::move(value.get_object());
}

std::string canonical_json(boost::json::value const& value) {
  std::string text;
  append_canonical(text, value);
  return text;
}

void push_text(lua_State* state, int index) {
  index = lua_absindex(state, index);
  switch (lua_type(state, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING: luaL_tolstring(state, index, nullptr); return;
    case LUA_TLIGHTUSERDATA: lua_pushliteral(state, "null"); return;
    default: break;
  }
  if (luaL_callmeta(state, index, "__tostring") != 0) {
    if (lua_type(state, -1) != LUA_TSTRING) luaL_error(state, "'__tostring' must return a string");
    return;
  }
  lua_pushstring(state, luaL_typename(state, index));
}

}  // namespace parlance::actions
