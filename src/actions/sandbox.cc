#include "actions/sandbox.h"

#include <lua5.4/lua.hpp>
#include <memory>

#include "actions/base_library.h"
#include "actions/budget.h"
#include "actions/host_library.h"
#include "base/text.h"

namespace parlance::actions {

namespace {

constexpr std::size_t kMaxErrorBytes = 500;

struct CloseState {
  void operator()(lua_State* state) const { lua_close(state); }
};

struct Program {
  std::string_view code;
  HostBinding& binding;
};

/// Everything that may raise: the libraries, the compiler, the program.
int run_protected(lua_State* state) {
  auto& program = *static_cast<Program*>(lua_touserdata(state, 1));
  push_globals(state);
  add_host_library(state, program.binding);
  lua_rawseti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  Budget::of(state).charge(state, program.code.size());
  // "t": source only, for bytecode is not checked by anybody.
  if (luaL_loadbufferx(state, program.code.data(), program.code.size(), "=action", "t") != LUA_OK) lua_error(state);
  lua_call(state, 0, 0);
  return 0;
}

void cut_between(std::string& text, std::string_view begin, std::string_view end) {
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    auto const stop = text.find(end, at + begin.size());
    text.erase(at, stop == std::string::npos ? std::string::npos : stop + end.size() - at);
  }
}

/// Lua quotes the code in its messages: the token where the compiler stopped, the names of variables.
std::string without_code(std::string text) {
  if (auto const near = text.find(" near "); near != std::string::npos) text.erase(near);
  for (auto const* kind : {"global", "local", "upvalue", "field", "method", "constant"}) {
    cut_between(text, " (" + std::string(kind) + " '", "')");
  }
  cut_between(text, " to '", "'");
  return text;
}

std::string describe_error(lua_State* state, Budget const& budget, int status) {
  if (!budget.spent().empty()) return std::string(budget.spent());
  if (status == LUA_ERRMEM) return "it takes too much memory";
  if (lua_type(state, -1) != LUA_TSTRING) return "it raised an error that is no text";
  std::size_t size = 0;
  auto const* text = lua_tolstring(state, -1, &size);
  std::string_view const raw(text, size);
  if (!is_utf8(raw) || raw.contains('\0')) return "it raised an error that is no text";
  auto const shown = without_code(std::string(raw.substr(0, 4 * kMaxErrorBytes)));
  auto const cut = is_utf8(shown) ? truncate_utf8(shown, kMaxErrorBytes) : std::string_view("it raised a long error");
  return cut.empty() ? "it raised an empty error" : std::string(cut);
}

}  // namespace

Result<Ending> run_program(std::string_view code, Host& host, Limits const& limits) {
  Budget budget(limits);
  HostBinding binding{.host = host, .log = {}, .trouble = {}};
  std::unique_ptr<lua_State, CloseState> const state(lua_newstate(Budget::allocate, &budget));
  if (!state) return fail(Errc::unavailable, "no memory for a program");
  budget.attach(state.get());
  Program program{code, binding};
  lua_pushcfunction(state.get(), run_protected);
  lua_pushlightuserdata(state.get(), &program);
  auto const status = lua_pcall(state.get(), 1, 0, 0);
  if (binding.trouble) return std::unexpected(*std::move(binding.trouble));
  Ending ending;
  ending.log = std::move(binding.log);
  if (status != LUA_OK || !budget.spent().empty()) ending.error = describe_error(state.get(), budget, status);
  if (!is_utf8(ending.log)) ending.log = "(not UTF-8)";
  return ending;
}

}  // namespace parlance::actions
