#pragma once

#include "base/task.h"
#include "dialects/structchat/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::structchat {

/// GET /v1/channels: {data: […], ok}: those the caller may know of.
Task<Result<http::Response>> list_channels(Gateway& gateway, http::Request& request);
/// POST /v1/channels {name, description?, bits}: {data, ok}. For moderators; bits have exactly one of the three.
Task<Result<http::Response>> create_channel(Gateway& gateway, http::Request& request);
/// PUT /v1/channels {id, name?, description?, bits?}: {data, ok}. For moderators; bits as in channel-bits, or
/// {deleted: true}.
Task<Result<http::Response>> update_channel(Gateway& gateway, http::Request& request);
/// PUT /v1/channel-bits {id, bits}: {data, ok}. For admins.
Task<Result<http::Response>> set_channel_bits(Gateway& gateway, http::Request& request);
/// POST /v1/channels/join {id} and /v1/channels/leave {id}: {data, ok}.
Task<Result<http::Response>> join_channel(Gateway& gateway, http::Request& request);
Task<Result<http::Response>> leave_channel(Gateway& gateway, http::Request& request);

}  // namespace parlance::structchat
