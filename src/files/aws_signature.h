#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

/// AWS Signature Version 4 for S3
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html).
namespace parlance::files {

struct AwsKey {
  std::string access_key;
  std::string secret_key;
  std::string region;
};

using AwsFields = std::vector<std::pair<std::string, std::string>>;

/// A request as far as it is signed. Paths, queries and headers are plain; they are encoded where the signature wants
/// it.
struct AwsRequest {
  std::string method;
  std::string host;   ///< with the port where it is not the scheme's own
  std::string path;   ///< "/bucket/key"
  AwsFields query;    ///< in any order
  AwsFields headers;  ///< names in lower case; without host
};

/// What stands for the body's digest where it is not known beforehand.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// The headers to send beside those of the request: x-amz-date, x-amz-content-sha256 and Authorization. Every header of
/// the request is signed. `payload_hash` is SHA-256 in hex, or kUnsignedPayload. Any thread.
AwsFields sign_headers(AwsRequest const& request, AwsKey const& key, std::string_view payload_hash, Timestamp now);

/// Path and query of a URL that carries its own signature and is good for `lifetime` (whole seconds). Whoever follows
/// it must send the request's headers as they are.
std::string sign_url(AwsRequest const& request, AwsKey const& key, Timestamp lifetime, Timestamp now);

/// Percent-encodes all but letters, digits and "-._~"; of a path also the slash is left.
std::string encode_query_part(std::string_view text);
std::string encode_path(std::string_view path);

/// "a=1&b=2", encoded and sorted as the signature has it.
std::string canonical_query(AwsFields query);

}  // namespace parlance::files
