#pragma once

#include <string>

#include "base/log.h"
#include "http/request.h"
#include "http/response.h"

namespace parlance::http {

/// Writes the one line of a finished request, unless the log's level hides it. Query strings and header values stay
/// out: they may hold credentials.
void log_request(log::Format format, Request const& request, Response const& response, double seconds);

/// The line itself, for tests.
std::string access_line(log::Format format, Request const& request, Response const& response, double seconds);

}  // namespace parlance::http
