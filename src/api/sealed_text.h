#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parlance::api {

/// `text` so that only who has `secret` can read it: AES-256-GCM under a key made of the secret, as base64. Two calls
/// never give the same. Any thread.
std::string seal(std::string_view secret, std::string_view text);

/// The text again; empty where it was sealed with another secret, or changed since.
std::optional<std::string> unseal(std::string_view secret, std::string_view sealed);

}  // namespace parlance::api
