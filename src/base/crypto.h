#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// Raw digests as byte strings of 32 bytes. Any thread.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// SHA-1, 20 bytes: only for the RFC 6455 handshake, which demands it.
std::string sha1(std::string_view bytes);

/// `count` bytes from the operating system's generator. Any thread.
std::string random_bytes(std::size_t count);

/// True where both are equal, in a time that does not depend on where they differ.
bool equal_in_constant_time(std::string_view left, std::string_view right);

/// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
std::optional<std::string> parse_hex(std::string_view text);

/// RFC 4648: base64 with padding; base64url without. The parsers refuse other alphabets and stray bits; base64url
/// takes padding or none.
std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);
std::optional<std::string> parse_base64(std::string_view text);
std::optional<std::string> parse_base64url(std::string_view text);

/// A version 4 UUID in its usual spelling.
std::string random_uuid();

}  // namespace parlance
