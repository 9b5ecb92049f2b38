#include "actions/string_library.h"

#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "actions/budget.h"
#include "actions/pattern.h"
#include "actions/values.h"

namespace parlance::actions {

namespace {

constexpr std::size_t kBytesPerStep = 64;

std::string_view text_argument(lua_State* state, int index) {
  std::size_t size = 0;
  auto const* text = luaL_checklstring(state, index, &size);
  return {text, size};
}

void push_view(lua_State* state, std::string_view text) { lua_pushlstring(state, text.data(), text.size()); }

int charged_call(lua_State* state) {
  auto& budget = Budget::of(state);
  for (int index = 1; index <= lua_gettop(state); ++index) {
    auto const type = lua_type(state, index);
    if (type == LUA_TSTRING) budget.charge(state, lua_rawlen(state, index) / kBytesPerStep + 1);
    if (type != LUA_TTABLE) continue;
    if (lua_getmetatable(state, index) != 0) luaL_argerror(state, index, "a plain table expected");
    budget.charge(state, lua_rawlen(state, index));
  }
  return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// string.rep
int repeat(lua_State* state) {
  auto const text = text_argument(state, 1);
  auto const count = luaL_checkinteger(state, 2);
  auto const separator = lua_isnoneornil(state, 3) ? std::string_view() : text_argument(state, 3);
  auto const size = text.size() + separator.size();
  if (count <= 0 || size == 0) {
    lua_pushliteral(state, "");
    return 1;
  }
  auto& budget = Budget::of(state);
  auto const times = static_cast<std::size_t>(count);
  if (times > budget.limits().memory_bytes / size) luaL_error(state, "resulting string too large");
  budget.charge(state, times + times * size / kBytesPerStep);
  luaL_Buffer buffer;
  luaL_buffinitsize(state, &buffer, times * size);
  for (std::size_t i = 0; i < times; ++i) {
    luaL_addlstring(&buffer, text.data(), text.size());
    if (i + 1 < times) luaL_addlstring(&buffer, separator.data(), separator.size());
  }
  luaL_pushresult(&buffer);
  return 1;
}

Pattern compile(lua_State* state, std::string_view text, Pattern::Anchor anchor) {
  Budget::of(state).charge(state, text.size() * 4 + 1);
  auto pattern = Pattern::compile(text, anchor);
  if (!pattern) luaL_error(state, "%s", pattern.error().message.c_str());
  return *std::move(pattern);
}

Pattern::OnSteps charging(lua_State* state) {
  return [state](std::size_t steps) { Budget::of(state).charge(state, steps); };
}

void push_capture(lua_State* state, std::string_view subject, Pattern::Capture const& capture) {
  if (capture.is_position) {
    lua_pushinteger(state, static_cast<lua_Integer>(capture.begin) + 1);
  } else {
    push_view(state, subject.substr(capture.begin, capture.end - capture.begin));
  }
}

/// The captures, or the whole match where there are none.
int push_captures(lua_State* state, std::string_view subject, Pattern const& pattern, Pattern::Match const& match) {
  auto const count = pattern.capture_count();
  luaL_checkstack(state, static_cast<int>(count) + 1, "too many captures");
  for (std::size_t i = 0; i < count; ++i) push_capture(state, subject, match.captures[i]);
  if (count > 0) return static_cast<int>(count);
  push_view(state, subject.substr(match.begin, match.end - match.begin));
  return 1;
}

/// Where a search begins: an index from 1, or from the end where negative. npos: past the end.
std::size_t start_argument(lua_State* state, int index, std::size_t size) {
  auto const start = luaL_optinteger(state, index, 1);
  auto const length = static_cast<lua_Integer>(size);
  if (start > length + 1) return std::string_view::npos;
  if (start > 0) return static_cast<std::size_t>(start) - 1;
  if (start == 0 || start < -length) return 0;
  return static_cast<std::size_t>(length + start);
}

std::optional<Pattern::Match> search(lua_State* state, Pattern const& pattern, std::string_view subject,
                                     std::size_t start) {
  auto const on_steps = charging(state);
  for (auto at = start; at <= subject.size(); ++at) {
    if (auto match = pattern.match_at(subject, at, on_steps)) return match;
    if (pattern.is_anchored()) break;
  }
  return std::nullopt;
}

int find_plain(lua_State* state, std::string_view subject, std::string_view wanted, std::size_t start) {
  Budget::of(state).charge(state, (subject.size() - start) / 16 + 1);
  // Linear in both lengths, unlike string_view's find.
  auto const* found = memmem(subject.data() + start, subject.size() - start, wanted.data(), wanted.size());
  if (!found) {
    luaL_pushfail(state);
    return 1;
  }
  auto const at = static_cast<char const*>(found) - subject.data();
  lua_pushinteger(state, at + 1);
  lua_pushinteger(state, at + static_cast<lua_Integer>(wanted.size()));
  return 2;
}

int find(lua_State* state) {
  auto const subject = text_argument(state, 1);
  auto const wanted = text_argument(state, 2);
  auto const start = start_argument(state, 3, subject.size());
  if (start == std::string_view::npos) {
    luaL_pushfail(state);
    return 1;
  }
  bool const is_plain = lua_toboolean(state, 4) != 0 || wanted.find_first_of("^$*+?.([%-") == std::string_view::npos;
  if (is_plain) return find_plain(state, subject, wanted, start);
  auto const pattern = compile(state, wanted, Pattern::Anchor::allowed);
  auto const match = search(state, pattern, subject, start);
  if (!match) {
    luaL_pushfail(state);
    return 1;
  }
  lua_pushinteger(state, static_cast<lua_Integer>(match->begin) + 1);
  lua_pushinteger(state, static_cast<lua_Integer>(match->end));
  return 2 + (pattern.capture_count() > 0 ? push_captures(state, subject, pattern, *match) : 0);
}

int match(lua_State* state) {
  auto const subject = text_argument(state, 1);
  auto const pattern = compile(state, text_argument(state, 2), Pattern::Anchor::allowed);
  auto const start = start_argument(state, 3, subject.size());
  auto const found = start == std::string_view::npos ? std::nullopt : search(state, pattern, subject, start);
  if (found) return push_captures(state, subject, pattern, *found);
  luaL_pushfail(state);
  return 1;
}

/// Upvalues: subject, pattern, where to go on, the end of the last match.
int next_match(lua_State* state) {
  auto const subject = text_argument(state, lua_upvalueindex(1));
  auto const pattern = compile(state, text_argument(state, lua_upvalueindex(2)), Pattern::Anchor::literal);
  auto const last = lua_tointeger(state, lua_upvalueindex(4));
  auto const on_steps = charging(state);
  for (auto at = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3))); at <= subject.size(); ++at) {
    auto const found = pattern.match_at(subject, at, on_steps);
    if (!found || static_cast<lua_Integer>(found->end) == last) continue;
    for (auto const upvalue : {3, 4}) {
      lua_pushinteger(state, static_cast<lua_Integer>(found->end));
      lua_replace(state, lua_upvalueindex(upvalue));
    }
    return push_captures(state, subject, pattern, *found);
  }
  return 0;
}

int gmatch(lua_State* state) {
  auto const subject = text_argument(state, 1);
  compile(state, text_argument(state, 2), Pattern::Anchor::literal);
  auto const start = start_argument(state, 3, subject.size());
  lua_settop(state, 2);
  lua_pushinteger(state, static_cast<lua_Integer>(start == std::string_view::npos ? subject.size() + 1 : start));
  lua_pushinteger(state, -1);
  lua_pushcclosure(state, next_match, 4);
  return 1;
}

/// string.gsub, taken apart.
class Substitution {
 public:
  Substitution(lua_State* state, std::string_view subject, Pattern const& pattern)
      : state_(state), subject_(subject), pattern_(pattern), on_steps_(charging(state)), loan_(state) {}

  /// Pushes the new text and how many matches were replaced.
  int run(lua_Integer most) {
    lua_Integer count = 0;
    std::size_t at = 0;
    auto last_end = std::string_view::npos;
    while (count < most) {
      auto const found = pattern_.match_at(subject_, at, on_steps_);
      if (found && found->end != last_end) {
        ++count;
        add_replacement(*found);
        at = last_end = found->end;
      } else if (at < subject_.size()) {
        add(subject_.substr(at++, 1));
      } else {
        break;
      }
      if (pattern_.is_anchored()) break;
    }
    if (at < subject_.size()) add(subject_.substr(at));
    push_view(state_, text_);
    lua_pushinteger(state_, count);
    return 2;
  }

 private:
  void add(std::string_view text) {
    Budget::of(state_).charge(state_, text.size() / kBytesPerStep);
    loan_.take(text.size());
    text_ += text;
  }

  void add_replacement(Pattern::Match const& found) {
    switch (lua_type(state_, 3)) {
      case LUA_TTABLE:
        push_first_capture(found);
        lua_gettable(state_, 3);
        break;
      case LUA_TFUNCTION:
        lua_pushvalue(state_, 3);
        lua_call(state_, push_captures(state_, subject_, pattern_, found), 1);
        break;
      default: return add_template(found);
    }
    auto const whole = subject_.substr(found.begin, found.end - found.begin);
    if (lua_toboolean(state_, -1) == 0) {
      add(whole);
    } else if (lua_isstring(state_, -1) != 0) {
      add(text_argument(state_, -1));
    } else {
      luaL_error(state_, "invalid replacement value (a %s)", luaL_typename(state_, -1));
    }
    lua_pop(state_, 1);
  }

  void push_first_capture(Pattern::Match const& found) {
    if (pattern_.capture_count() > 0) return push_capture(state_, subject_, found.captures[0]);
    push_view(state_, subject_.substr(found.begin, found.end - found.begin));
  }

  /// A text with %0 to %9 for the match and its captures.
  void add_template(Pattern::Match const& found) {
    auto const text = text_argument(state_, 3);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        auto const stretch = text.substr(i, text.substr(i).find('%'));
        add(stretch);
        i += stretch.size() - 1;
        continue;
      }
      auto const next = ++i < text.size() ? text[i] : '\0';
      if (next == '%') {
        add("%");
      } else if (next >= '0' && next <= '9') {
        add_reference(found, static_cast<std::size_t>(next - '0'));
      } else {
        luaL_error(state_, "invalid use of '%%' in replacement string");
      }
    }
  }

  void add_reference(Pattern::Match const& found, std::size_t number) {
    if (number == 0 || (number == 1 && pattern_.capture_count() == 0)) {
      return add(subject_.substr(found.begin, found.end - found.begin));
    }
    if (number > pattern_.capture_count()) luaL_error(state_, "invalid capture index in replacement string");
    push_capture(state_, subject_, found.captures[number - 1]);
    add(text_argument(state_, -1));
    lua_pop(state_, 1);
  }

  lua_State* state_;
  std::string_view subject_;
  Pattern const& pattern_;
  Pattern::OnSteps on_steps_;
  Loan loan_;
  std::string text_;
};

int gsub(lua_State* state) {
  auto const subject = text_argument(state, 1);
  auto const pattern = compile(state, text_argument(state, 2), Pattern::Anchor::allowed);
  auto const type = lua_type(state, 3);
  bool const is_usable = type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE;
  luaL_argexpected(state, is_usable, 3, "string/function/table");
  return Substitution(state, subject, pattern).run(luaL_optinteger(state, 4, std::numeric_limits<lua_Integer>::max()));
}

/// string.format: arguments of %s become texts here, so that Lua's own never shows an address. Its upvalue is Lua's.
int format(lua_State* state) {
  auto const text = text_argument(state, 1);
  int argument = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (++i < text.size() && text[i] == '%') continue;
    while (i < text.size() && (std::strchr("-+ #0.", text[i]) != nullptr || (text[i] >= '0' && text[i] <= '9'))) ++i;
    ++argument;
    if (i >= text.size() || argument > lua_gettop(state)) break;
    if (text[i] == 'p') luaL_error(state, "'%%p' is not available");
    if (text[i] != 's') continue;
    push_text(state, argument);
    lua_replace(state, argument);
  }
  return charged_call(state);
}

void add(lua_State* state, char const* name, lua_CFunction function) {
  lua_pushcfunction(state, function);
  lua_setfield(state, -2, name);
}

}  // namespace

void push_charged(lua_State* state, lua_CFunction function) {
  lua_pushcfunction(state, function);
  lua_pushcclosure(state, charged_call, 1);
}

void push_string_library(lua_State* state) {
  luaL_requiref(state, LUA_STRLIBNAME, luaopen_string, 0);
  auto const theirs = lua_gettop(state);
  lua_newtable(state);
  for (auto const* name : {"byte", "char", "len", "lower", "reverse", "sub", "upper"}) {
    lua_getfield(state, theirs, name);
    push_charged(state, lua_tocfunction(state, -1));
    lua_setfield(state, -3, name);
    lua_pop(state, 1);
  }
  lua_getfield(state, theirs, "format");
  lua_pushcclosure(state, format, 1);
  lua_setfield(state, -2, "format");
  add(state, "rep", repeat);
  add(state, "find", find);
  add(state, "match", match);
  add(state, "gmatch", gmatch);
  add(state, "gsub", gsub);
  lua_remove(state, theirs);

  lua_pushliteral(state, "");
  lua_createtable(state, 0, 2);
  lua_pushvalue(state, -3);
  lua_setfield(state, -2, "__index");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_setmetatable(state, -2);
  lua_pop(state, 1);
}

}  // namespace parlance::actions
