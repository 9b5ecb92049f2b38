#include "dialects/admin/settings.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/await.h"
#include "api/identity.h"
#include "core/locks.h"
#include "core/tenants.h"
#include "dialects/admin/settings_checks.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {
namespace {

/// Changes one part of the tenant's settings by `change(settings)`, a Result<void>, and leaves the others.
template <class Change>
Task<Result<model::TenantSettings>> change_settings(api::Services& services, http::Request& request, Change change) {
  auto const tenant = api::caller_of(request).tenant;
  co_return co_await api::write(services, request.executor(), tenant.value,
                                [&](storage::Transaction& tx) -> Result<model::TenantSettings> {
                                  TRY(core::lock_tenant(tx, tenant));
                                  core::TenantChange changed;
                                  changed.settings = TRY(core::get_tenant(tx, tenant)).settings;
                                  TRY(change(*changed.settings));
                                  return TRY(core::update_tenant(tx, tenant, changed)).settings;
                                });
}

boost::json::value policy_json(model::ActionPolicy const& policy) {
  if (policy.approve_all) return "all";
  return boost::json::array(policy.approve_types.begin(), policy.approve_types.end());
}

std::optional<std::string> shown(std::string const& text) { return text.empty() ? std::nullopt : std::optional(text); }

}  // namespace

Task<Result<http::Response>> put_webhook(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<Webhook>(request));
  auto const wanted = CO_TRY(webhook_of(body));
  auto const settings =
      CO_TRY(co_await change_settings(services, request, [&](model::TenantSettings& current) -> Result<void> {
        auto const secret = body.secret ? wanted.secret : current.webhook.secret;
        if (!wanted.url.empty() && secret.empty()) return invalid("secret", "secret is required");
        current.webhook = wanted;
        current.webhook.secret = secret;
        return {};
      }));
  co_return reply(200, WebhookView{settings.webhook.url, settings.webhook.events});
}

Task<Result<http::Response>> put_issuer(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<Issuer>(request));
  auto const wanted = CO_TRY(issuer_of(body));
  CO_TRY(co_await change_settings(services, request, [&](model::TenantSettings& current) -> Result<void> {
    current.issuer = wanted;
    return {};
  }));
  co_return reply(200, IssuerView{wanted.algorithm, shown(wanted.jwks_url), shown(wanted.public_key),
                                  shown(wanted.issuer), shown(wanted.audience)});
}

Task<Result<http::Response>> delete_issuer(api::Services& services, http::Request& request) {
  CO_TRY(co_await change_settings(services, request, [](model::TenantSettings& current) -> Result<void> {
    current.issuer = {};
    return {};
  }));
  co_return http::Response::empty();
}

Task<Result<http::Response>> put_action_policy(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<ActionPolicy>(request));
  auto const wanted = CO_TRY(action_policy_of(body));
  CO_TRY(co_await change_settings(services, request, [&](model::TenantSettings& current) -> Result<void> {
    current.action_policy = wanted;
    return {};
  }));
  co_return reply(200, ActionPolicy{policy_json(wanted)});
}

Task<Result<http::Response>> put_namespaces(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<Namespaces>(request));
  auto const wanted = CO_TRY(namespaces_of(body));
  CO_TRY(co_await change_settings(services, request, [&](model::TenantSettings& current) -> Result<void> {
    current.namespaces = wanted;
    return {};
  }));
  co_return reply(200, Namespaces{wanted});
}

}  // namespace parlance::admin
