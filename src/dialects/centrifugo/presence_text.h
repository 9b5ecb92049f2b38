#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "dialects/centrifugo/channel_log.h"
#include "dialects/centrifugo/replies.h"

/// Results that the client protocol and the server API share.
namespace parlance::centrifugo {

/// `{"presence":{"<client>":{…}}}`
std::string presence_text(std::vector<ClientInfo> const& occupants);
/// `{"num_clients":…,"num_users":…}`
std::string presence_stats_text(std::vector<ClientInfo> const& occupants);
/// `{"publications":[…],"epoch":…,"offset":…}`
std::string history_text(LogPage const& page);

/// `limit`, `since` and `reverse` of a history request. A negative limit is as many as there are, up to our bound.
Result<HistoryWish> history_wish(boost::json::object const& body);

}  // namespace parlance::centrifugo
