#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parlance::http {

/// A header such as `form-data; name="file"; filename*=UTF-8''caf%C3%A9.txt`: a value and its parameters.
struct HeaderValue {
  std::string value;                                            ///< lower case, "multipart/form-data"
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names in lower case, in the order sent

  /// The parameter's text, or nothing. `name` is lower case.
  std::optional<std::string> parameter(std::string_view name) const;
};

/// Reads a value with parameters as tokens or quoted strings (RFC 9110 section 5.6.6). In a quoted string a backslash
/// escapes only a quote or another backslash: browsers send Windows paths as they are. Empty on any other syntax, on a
/// parameter given twice, and on control characters. Any thread.
std::optional<HeaderValue> parse_header_value(std::string_view text);

/// Decodes `UTF-8''caf%C3%A9` (RFC 8187). Empty where the charset is another, an escape is broken, or the outcome is
/// not UTF-8.
std::optional<std::string> decode_extended_parameter(std::string_view text);

/// True where every byte may stand in an RFC 9110 token, and there is one.
bool is_token(std::string_view text);

}  // namespace parlance::http
