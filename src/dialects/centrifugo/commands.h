#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parlance::centrifugo {

enum class CommandKind {
  pong,  ///< an empty object: the answer to a ping
  connect,
  subscribe,
  unsubscribe,
  publish,
  presence,
  presence_stats,
  history,
  rpc,
  send,
  refresh,
  sub_refresh,
};

/// One command of a client (`Command` of https://github.com/centrifugal/protocol definitions/client.proto, as JSON).
struct Command {
  std::uint32_t id = 0;  ///< 0 only for send and pong
  CommandKind kind = CommandKind::pong;
  boost::json::object body;  ///< of the one that is set
  std::string raw;           ///< the same as it came

  /// Members of the body; the member's zero value where it is absent or null.
  Result<std::string> text(std::string_view name) const;
  Result<std::uint64_t> number(std::string_view name) const;
  Result<bool> flag(std::string_view name) const;
  /// An embedded JSON value as it came; empty where it is absent.
  std::string_view json(std::string_view name) const;
};

/// More commands in one message than this are refused.
inline constexpr std::size_t kMaxCommandsPerMessage = 256;

/// The commands of one message: JSON objects, each on a line of its own. invalid_argument where any is not one, has no
/// id where it needs one, or names nothing that is known.
Result<std::vector<Command>> decode_commands(std::string_view message);

/// The same for the body of a connect request that stands alone (unidirectional transports).
Result<Command> decode_connect(std::string_view body);

/// A number or text member, read leniently as above, of any object.
Result<std::string> text_member(boost::json::object const& object, std::string_view name);
Result<std::uint64_t> number_member(boost::json::object const& object, std::string_view name);
Result<bool> flag_member(boost::json::object const& object, std::string_view name);
/// Null where it is absent or null.
Result<boost::json::object const*> object_member(boost::json::object const& object, std::string_view name);

}  // namespace parlance::centrifugo
