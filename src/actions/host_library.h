#pragma once

#include <lua5.4/lua.hpp>
#include <optional>
#include <string>

#include "actions/host.h"

namespace parlance::actions {

/// A program's way to its host, kept beside the Lua state while it runs.
struct HostBinding {
  Host& host;
  std::string log;
  std::optional<Error> trouble;  ///< an error of ours, not of the program's
};

/// Adds objects, thread, user, json, log, print, now and is_approved to the table of globals at the top of the stack.
/// `binding` must outlive the state.
void add_host_library(lua_State* state, HostBinding& binding);

}  // namespace parlance::actions
