#pragma once

#include <optional>

#include "api/token_bucket.h"
#include "dialects/anytype/gateway.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::anytype {

/// Takes one write of the caller on the request's route. Empty where nothing is limited: no limit is set, or the
/// tenant has none at all.
std::optional<api::RateDecision> take_write(Gateway& gateway, http::Request const& request);

/// The headers of limited routes, on successes too. A refusal's Retry-After is the router's.
void add_write_headers(http::Response& response, http::Request const& request, Options const& options,
                       api::RateDecision const& decision);

}  // namespace parlance::anytype
