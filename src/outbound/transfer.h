#pragma once

#include <chrono>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "outbound/http_client.h"
#include "outbound/ip_address.h"
#include "outbound/url.h"

namespace parlance::outbound {

/// One request to one server, without redirects. What HttpClient::call repeats for each hop.
struct Hop {
  Url url;
  std::vector<IpAddress> addresses;  ///< the only ones that are connected to
  std::string method;
  HeaderList headers;
  std::string const* body;  ///< null sends none
  std::chrono::milliseconds timeout;
  std::size_t max_reply_bytes;
  std::string accepted_content_type;
  std::stop_token cut_off;
};

/// Sends it with libcurl and reads the whole reply. Errors as HttpClient describes. Any thread; blocking.
Result<Reply> transfer(Hop const& hop);

}  // namespace parlance::outbound
