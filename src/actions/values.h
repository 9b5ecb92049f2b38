#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <lua5.4/lua.hpp>
#include <string_view>

/// Between Lua's values and JSON's. On the program's thread; errors are raised in it.
namespace parlance::actions {

/// JSON's null in Lua: a value of its own, since a table cannot hold nil.
void push_null(lua_State* state);

/// Pushes one value.
void push_json(lua_State* state, boost::json::value const& value);

/// The value at `index`. A table with the keys 1 to n is an array, one with texts for keys an object, an empty one an
/// object. Raises an error for anything that JSON cannot say: functions, other keys, numbers that are none, bytes that
/// are no UTF-8, tables nested deeper than the limit.
boost::json::value to_json(lua_State* state, int index);

/// The same where only a table with texts for keys will do. `what` names it in the error.
boost::json::object to_json_object(lua_State* state, int index, char const* what);

/// The text of a JSON value with the members of objects by name, so that equal values have equal texts.
std::string canonical_json(boost::json::value const& value);

/// Pushes what the value at `index` is as a text: never an address.
void push_text(lua_State* state, int index);

}  // namespace parlance::actions
