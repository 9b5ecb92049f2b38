#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parlance::nats {

/// Where the servers are and how to get in, taken from one URL:
/// `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT][,nats://…][?ca=FILE][&cert=FILE&key=FILE]`, with tls:// for TLS.
struct Address {
  std::vector<std::string> servers;  ///< URLs of one server each, as the NATS library reads them
  bool is_secure = false;
  std::string authorities;  ///< PEM file; empty = those of the system
  std::string certificate;  ///< PEM file of this client's own; empty = none
  std::string key;          ///< PEM file
};

/// invalid_argument on "bus", a sentence for the operator.
Result<Address> parse_address(std::string_view url);

}  // namespace parlance::nats
