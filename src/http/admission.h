#pragma once

#include <cstdint>
#include <optional>

#include "http/request.h"

namespace parlance::http {

/// What a request's head says of its body.
struct AnnouncedBody {
  bool is_chunked = false;
  std::optional<std::uint64_t> length;

  bool exists() const { return is_chunked || length.value_or(0) > 0; }
};

/// The most bytes of body that the request's route takes.
std::size_t body_limit(Request const& request, std::size_t server_limit);

/// Why a routed request is refused by its head alone: 413, 415, or 417 for an unknown expectation.
std::optional<Rejection> check_head(Request const& request, AnnouncedBody const& body, std::size_t server_limit);

Rejection payload_too_large(std::size_t limit);

}  // namespace parlance::http
