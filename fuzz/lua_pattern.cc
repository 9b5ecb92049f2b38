#include <lua5.4/lua.hpp>
#include <memory>
#include <optional>
#include <string>

#include "actions/pattern.h"
#include "slices.h"

namespace {

using parlance::actions::Pattern;
using parlance::fuzz::require;

constexpr std::size_t kMaxSteps = 20'000;

/// Lua's own matcher cannot be stopped: only what is short is given to it.
constexpr std::size_t kMaxCompared = 16;

struct TooManySteps {};

std::optional<Pattern::Match> search(Pattern const& pattern, std::string_view subject) {
  std::size_t left = kMaxSteps;
  auto const on_steps = [&](std::size_t steps) {
    if (steps > left) throw TooManySteps();
    left -= steps;
  };
  for (std::size_t at = 0; at <= subject.size(); ++at) {
    if (auto found = pattern.match_at(subject, at, on_steps)) return found;
    if (pattern.is_anchored()) break;
  }
  return std::nullopt;
}

void check_bounds(Pattern const& pattern, Pattern::Match const& found, std::string_view subject) {
  require(found.begin <= found.end && found.end <= subject.size());
  for (std::size_t i = 0; i < pattern.capture_count(); ++i) {
    auto const& capture = found.captures[i];
    require(found.begin <= capture.begin && capture.begin <= capture.end && capture.end <= found.end);
  }
}

lua_State* lua() {
  static auto* const state = [] {
    auto* const made = luaL_newstate();
    luaL_requiref(made, LUA_STRLIBNAME, luaopen_string, 1);
    return made;
  }();
  return state;
}

/// The capture at `index` of Lua's stack.
void compare_capture(int index, std::string_view subject, Pattern::Capture const& capture) {
  if (capture.is_position) {
    require(lua_tointeger(lua(), index) == static_cast<lua_Integer>(capture.begin) + 1);
    return;
  }
  std::size_t size = 0;
  auto const* text = lua_tolstring(lua(), index, &size);
  require(text && std::string_view(text, size) == subject.substr(capture.begin, capture.end - capture.begin));
}

/// What string.find of Lua itself says must be the same, unless it raises: it looks at a pattern only as far as it
/// gets.
void compare(std::string_view text, std::string_view subject, std::optional<Pattern::Match> const& found,
             std::size_t captures) {
  auto* const state = lua();
  lua_settop(state, 0);
  lua_getglobal(state, "string");
  lua_getfield(state, -1, "find");
  lua_pushlstring(state, subject.data(), subject.size());
  lua_pushlstring(state, text.data(), text.size());
  constexpr int kFirstResult = 2;
  if (lua_pcall(state, 2, LUA_MULTRET, 0) != LUA_OK) return;
  require(found.has_value() == (lua_isnil(state, kFirstResult) == 0));
  if (!found) return;
  require(lua_tointeger(state, kFirstResult) == static_cast<lua_Integer>(found->begin) + 1);
  require(lua_tointeger(state, kFirstResult + 1) == static_cast<lua_Integer>(found->end));
  require(lua_gettop(state) == kFirstResult + 1 + static_cast<int>(captures));
  for (std::size_t i = 0; i < captures; ++i) {
    compare_capture(kFirstResult + 2 + static_cast<int>(i), subject, found->captures[i]);
  }
}

}  // namespace

// The first byte says how long the pattern is, the rest is the text. Whatever is compiled keeps within the text, and
// finds what Lua finds.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const input(reinterpret_cast<char const*>(data) + 1, size - 1);
  auto const text = input.substr(0, data[0]);
  auto const subject = input.substr(text.size());
  auto const pattern = Pattern::compile(text, Pattern::Anchor::allowed);
  if (!pattern) return 0;
  try {
    auto const found = search(*pattern, subject);
    if (found) check_bounds(*pattern, *found, subject);
    if (text.size() <= kMaxCompared && subject.size() <= kMaxCompared)
      compare(text, subject, found, pattern->capture_count());
  } catch (TooManySteps const&) {
    return 0;
  }
  return 0;
}
