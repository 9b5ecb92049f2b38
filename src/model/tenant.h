#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// What a tenant may do in a second where its creator said nothing.
inline constexpr std::int64_t kDefaultRateLimit = 100;
/// The most that it may be set to.
inline constexpr std::int64_t kMaxRateLimit = 1'000'000;

/// Where a tenant's outside systems are told of events. Disabled while `url` is empty.
struct WebhookSettings {
  std::string url;
  std::string secret;               ///< signs each delivery; "whsec_" + base64 after Standard Webhooks, or any text
  std::vector<std::string> events;  ///< names such as "message.new", or a family such as "object.*"; empty = all
};

/// The tenant's own issuer of user tokens. Disabled while `algorithm` is empty.
struct IssuerSettings {
  std::string algorithm;   ///< HS256/384/512, RS256/384/512, ES256/384, EdDSA
  std::string secret;      ///< for HS*
  std::string jwks_url;    ///< or
  std::string public_key;  ///< PEM, for the others
  std::string issuer;      ///< required `iss`, where not empty
  std::string audience;    ///< required in `aud`, where not empty
};

/// Which writes of a code block wait for an approver.
struct ActionPolicy {
  bool approve_all = true;
  std::vector<std::string> approve_types;  ///< where approve_all is false: only these object types
};

/// What a tenant is as an organisation of people.
struct OrgSettings {
  std::string title;
  std::string description;
  std::string join_secret;  ///< whoever knows it may become a user; empty: nobody may
  bool open_join = false;   ///< any member may add users, not only admins
};

struct TenantSettings {
  WebhookSettings webhook;
  IssuerSettings issuer;
  ActionPolicy action_policy;
  OrgSettings org;
  std::vector<std::string> namespaces;  ///< realtime channel namespaces of the tenant's own
};

struct Tenant {
  TenantId id;
  std::string name;
  std::string hostname;                         ///< a DNS label, unique; empty where none
  std::int64_t rate_limit = kDefaultRateLimit;  ///< requests a second, at most kMaxRateLimit; 0: no limit at all
  std::string realtime_secret;                  ///< 32 random bytes: signs this tenant's connection and upload tokens
  TenantSettings settings;
  SpaceId default_space;
  Timestamp created_at = 0;
};

}  // namespace parlance::model
