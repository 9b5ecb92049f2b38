#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/jwt_key.h"
#include "base/executor.h"
#include "base/result.h"
#include "base/task.h"
#include "outbound/http_client.h"

namespace parlance::api {

struct JwksKey {
  std::string id;  ///< "kid"; may be empty
  JwtKey key;
};

/// The signature keys of a JWK set (RFC 7517); keys of other uses or kinds are left out. invalid_argument on "jwks_url"
/// where the text is no such set.
Result<std::vector<JwksKey>> parse_key_set(std::string_view json);

/// JWK sets of the tenants' issuers: fetched on a thread of its own, kept for ten minutes, fetched again for a key that
/// is not in them, though at most every 30 s. Where a set cannot be fetched again the old one stays. Any thread.
class KeySets {
 public:
  KeySets(outbound::HttpClient const& client, outbound::Reach reach);
  /// Waits for a fetch in progress.
  ~KeySets();
  KeySets(KeySets const&) = delete;
  KeySets& operator=(KeySets const&) = delete;

  /// The keys at `url` that may be meant by `key_id`: those of that id, or all where it is empty. unavailable where
  /// nothing could be fetched. Runs on `executor`, which is the calling thread's.
  Task<Result<std::vector<JwtKey>>> find(std::string url, std::string key_id, Executor& executor);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace parlance::api
