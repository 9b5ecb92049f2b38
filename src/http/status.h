#pragma once

#include <string_view>

#include "base/result.h"

namespace parlance::http {

/// The status an error has where a dialect's contract does not say otherwise.
int status_of(Errc code);

/// The spelling of a code in error bodies: "invalid_argument".
std::string_view name_of(Errc code);

/// The reason phrase of a status line; "Unknown" for a status outside RFC 9110 and its kin.
std::string_view reason_phrase(int status);

}  // namespace parlance::http
