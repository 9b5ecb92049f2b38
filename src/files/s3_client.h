#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "files/aws_signature.h"

namespace parlance::files {

/// Where an S3-compatible service is and who we are there. Buckets are addressed in the path.
struct S3Options {
  std::string endpoint;  ///< "https://s3.eu-central-1.amazonaws.com"; an origin without a path
  std::string bucket;
  AwsKey key;
  std::stop_token cut_off;  ///< once asked for, requests end within about a second: unavailable
};

/// What a service says of an object.
struct S3Object {
  std::string key;
  std::int64_t size = 0;
  Timestamp modified_at = 0;
};

struct S3Page {
  std::vector<S3Object> objects;
  std::string next;  ///< continues the listing; empty at its end
};

/// The few calls of the S3 API that a blob store needs. Each is one request on a connection of its own, streamed from
/// and to the disk. Blocking; any thread. Errors: unavailable where the service cannot be reached or refuses; not_found
/// where said.
class S3Client {
 public:
  /// Error: invalid_argument for an endpoint that is no origin, or a missing part.
  static Result<S3Client> create(S3Options options);

  /// Puts `size` bytes of `descriptor`, from its start; `sha256` is their digest in hex.
  Result<void> put(std::string const& key, int descriptor, std::int64_t size, std::string_view sha256) const;

  /// Hands the content to `sink` piece by piece. An error of the sink's ends it and is returned. not_found.
  Result<void> get(std::string const& key, std::function<Result<void>(std::string_view)> const& sink) const;

  /// Empty where there is no such object.
  Result<std::optional<S3Object>> head(std::string const& key) const;

  /// Also where there is no such object.
  Result<void> remove(std::string const& key) const;

  /// Up to 1000 objects whose key begins with `prefix`.
  Result<S3Page> list(std::string const& prefix, std::string const& from) const;

  /// A URL for somebody else's request. `headers` are signed: they must be sent as they are.
  std::string presign(std::string method, std::string const& key, AwsFields query, AwsFields headers,
                      Timestamp lifetime) const;

 private:
  struct Call;
  struct Reply;

  explicit S3Client(S3Options options) : options_(std::move(options)) {}

  AwsRequest request(std::string method, std::string const& key) const;
  Result<Reply> send(Call const& call) const;

  S3Options options_;
};

}  // namespace parlance::files
