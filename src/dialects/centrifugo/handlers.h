#pragma once

#include <string>

#include "base/task.h"
#include "dialects/centrifugo/client.h"
#include "dialects/centrifugo/commands.h"
#include "dialects/centrifugo/outcome.h"

/// What each command does: the JSON of its result, or why not. The client and the command outlive the task; the client
/// may have ended whenever something was awaited.
namespace parlance::centrifugo {

Task<Outcome<std::string>> handle_connect(Client& client, Command const& command);
Task<Outcome<std::string>> handle_subscribe(Client& client, Command const& command);
Task<Outcome<std::string>> handle_unsubscribe(Client& client, Command const& command);
Task<Outcome<std::string>> handle_publish(Client& client, Command const& command);
Task<Outcome<std::string>> handle_presence(Client& client, Command const& command);
Task<Outcome<std::string>> handle_presence_stats(Client& client, Command const& command);
Task<Outcome<std::string>> handle_history(Client& client, Command const& command);
Task<Outcome<std::string>> handle_rpc(Client& client, Command const& command);
Task<Outcome<std::string>> handle_refresh(Client& client, Command const& command);
Task<Outcome<std::string>> handle_sub_refresh(Client& client, Command const& command);

}  // namespace parlance::centrifugo
