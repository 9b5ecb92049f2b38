#pragma once

#include <expected>
#include <string>
#include <variant>

#include "dialects/centrifugo/codes.h"

namespace parlance::centrifugo {

/// A command is refused by an error in its reply, or costs the connection.
using Refusal = std::variant<Fault, Disconnect>;

template <typename T>
using Outcome = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refuse(Fault fault) { return std::unexpected(Refusal(std::move(fault))); }
inline std::unexpected<Refusal> drop(Disconnect why) { return std::unexpected(Refusal(std::move(why))); }

/// What a storage error means to a command on a channel.
inline Refusal refusal_of(Error const& error) {
  bool const is_hidden = error.code == Errc::not_found || error.code == Errc::forbidden;
  return is_hidden ? faults::permission_denied() : fault_of(error);
}

}  // namespace parlance::centrifugo
