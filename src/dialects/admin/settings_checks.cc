#include "dialects/admin/settings_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/jwt_key.h"
#include "base/text.h"
#include "jobs/webhooks.h"
#include "outbound/url.h"

namespace parlance::admin {
namespace {

constexpr std::size_t kMaxNames = 100;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxSecretBytes = 4096;
constexpr std::size_t kMaxKeyBytes = 16 << 10;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::ranges::all_of(text, is_name_character);
}

Result<void> check_names(std::vector<std::string> const& names, std::string_view field) {
  if (names.size() > kMaxNames) return invalid(std::string(field), fmt::format("{} has more than 100 names", field));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!is_name(names[i]))
      return invalid(fmt::format("{}[{}]", field, i),
                     "names are 1 to 64 letters, digits, underscores, hyphens and full stops");
  }
  return {};
}

Result<void> check_event(std::string_view event, std::size_t index) {
  if (jobs::names_events(event)) return {};
  return invalid(fmt::format("events[{}]", index),
                 fmt::format("events are {}, a family such as object.*, or *", fmt::join(jobs::kWebhookEvents, ", ")));
}

Result<std::string> checked_url(std::string const& text, std::string_view field) {
  auto url = outbound::parse_url(text);
  if (!url) return invalid(std::string(field), url.error().message);
  return url->to_string();
}

/// What the asymmetric algorithms need: exactly one of the two.
Result<void> take_public_key(Issuer const& body, api::JwtAlgorithm algorithm, model::IssuerSettings& settings) {
  if (body.secret) return invalid("secret", body.algorithm + " takes jwks_url or public_key, not a secret");
  if (body.jwks_url.has_value() == body.public_key.has_value())
    return invalid("jwks_url", body.algorithm + " needs either jwks_url or public_key");
  if (body.jwks_url) {
    settings.jwks_url = TRY(checked_url(*body.jwks_url, "jwks_url"));
    return {};
  }
  if (body.public_key->size() > kMaxKeyBytes) return invalid("public_key", "public_key is too long");
  auto const key = TRY(api::JwtKey::from_pem(*body.public_key));
  if (!key.fits(algorithm)) return invalid("public_key", "public_key is not a key for " + body.algorithm);
  settings.public_key = *body.public_key;
  return {};
}

Result<void> take_secret(Issuer const& body, model::IssuerSettings& settings) {
  if (body.jwks_url) return invalid("jwks_url", body.algorithm + " takes a secret, not jwks_url");
  if (body.public_key) return invalid("public_key", body.algorithm + " takes a secret, not public_key");
  if (!body.secret || body.secret->empty()) return invalid("secret", body.algorithm + " needs a secret");
  if (body.secret->size() > kMaxSecretBytes) return invalid("secret", "secret is too long");
  settings.secret = *body.secret;
  return {};
}

}  // namespace

Result<model::WebhookSettings> webhook_of(Webhook const& body) {
  model::WebhookSettings settings;
  if (!body.url.empty()) settings.url = TRY(checked_url(body.url, "url"));
  settings.secret = body.secret.value_or("");
  if (settings.secret.size() > kMaxSecretBytes) return invalid("secret", "secret is too long");
  if (body.secret && settings.secret.empty()) return invalid("secret", "secret must not be empty");
  settings.events = body.events.value_or(std::vector<std::string>{});
  if (settings.events.size() > kMaxNames) return invalid("events", "events has more than 100 names");
  for (std::size_t i = 0; i < settings.events.size(); ++i) TRY(check_event(settings.events[i], i));
  return settings;
}

Result<model::IssuerSettings> issuer_of(Issuer const& body) {
  auto const algorithm = api::parse_jwt_algorithm(body.algorithm);
  if (!algorithm) {
    return invalid("algorithm",
                   "algorithm must be one of HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, EdDSA");
  }
  model::IssuerSettings settings;
  settings.algorithm = body.algorithm;
  settings.issuer = body.issuer.value_or("");
  settings.audience = body.audience.value_or("");
  if (settings.issuer.size() > kMaxSecretBytes) return invalid("issuer", "issuer is too long");
  if (settings.audience.size() > kMaxSecretBytes) return invalid("audience", "audience is too long");
  if (api::is_symmetric(*algorithm)) {
    TRY(take_secret(body, settings));
  } else {
    TRY(take_public_key(body, *algorithm, settings));
  }
  return settings;
}

Result<model::ActionPolicy> action_policy_of(ActionPolicy const& body) {
  model::ActionPolicy policy;
  auto const& wanted = body.needs_approval;
  if (wanted.is_string() && wanted.get_string() == "all") return policy;
  if (!wanted.is_array())
    return invalid("needs_approval", "needs_approval must be \"all\" or an array of object types");
  policy.approve_all = false;
  for (auto const& item : wanted.get_array()) {
    if (!item.is_string())
      return invalid("needs_approval", "needs_approval must be \"all\" or an array of object types");
    policy.approve_types.emplace_back(item.get_string());
  }
  TRY(check_names(policy.approve_types, "needs_approval"));
  return policy;
}

Result<std::vector<std::string>> namespaces_of(Namespaces const& body) {
  TRY(check_names(body.names, "names"));
  auto names = body.names;
  std::ranges::sort(names);
  auto const [first, last] = std::ranges::unique(names);
  names.erase(first, last);
  return names;
}

}  // namespace parlance::admin
