#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/response.h"

namespace parlance::http {

/// How a reply ends, as its head says.
struct ReplyFraming {
  bool keeps_alive = true;
  bool is_modern = true;                ///< HTTP/1.1
  std::optional<std::uint64_t> length;  ///< none: the end of the connection is the end of the reply
};

/// Appends status line and fields with the empty line behind them. Fields that would break the head (control
/// characters) are left out: better a missing field than a split reply.
void append_head(std::string& out, Response const& response, ReplyFraming framing, std::string_view request_id,
                 std::string_view date);

}  // namespace parlance::http
