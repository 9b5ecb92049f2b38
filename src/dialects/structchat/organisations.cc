#include "dialects/structchat/organisations.h"

#include <algorithm>
#include <array>

#include "api/await.h"
#include "api/credentials.h"
#include "core/organisations.h"
#include "core/tenants.h"
#include "core/threads.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

constexpr std::array<std::string_view, 5> kChangeable{"id", "name", "title", "description", "hostname"};

Result<std::string> organisation_text(storage::Transaction& tx, model::Tenant const& tenant, Secrets secrets) {
  auto const counts = TRY(core::count_threads(tx, tenant.id));
  return data_reply([&](JsonWriter& out) { write_organisation(out, tenant, counts, secrets); });
}

Result<std::string> shown_text(storage::Transaction& tx, core::Caller const& caller) {
  bool const is_stranger = !caller.user && !caller.is_backend;
  if (is_stranger && !TRY(core::is_public(tx, caller.tenant)))
    return fail(Errc::forbidden, "nothing in this organisation is open to anyone");
  bool const is_admin = core::has_rank(caller, model::TenantRole::admin);
  return organisation_text(tx, TRY(core::get_tenant(tx, caller.tenant)), is_admin ? Secrets::shown : Secrets::hidden);
}

Result<void> check_members(http::Request const& request) {
  auto const json = TRY(parse_json(request.body.empty() ? "{}" : std::string_view(request.body)));
  if (!json.is_object()) return {};
  for (auto const& [name, value] : json.get_object()) {
    if (std::ranges::find(kChangeable, std::string_view(name)) == kChangeable.end())
      return invalid(std::string(name), std::string(name) + " cannot be changed here");
  }
  return {};
}

std::string admission_text(core::Admission const& admission) {
  JsonWriter out;
  write_user(out.begin_object().key("data"), admission.user);
  return out.field("ok", true).field("token", admission.token).end_object().take();
}

std::string creation_text(core::Admission const& admission) {
  JsonWriter out;
  write_organisation(out.begin_object().key("data"), admission.tenant, {}, Secrets::shown);
  write_user(out.field("ok", true).key("user"), admission.user);
  return out.field("token", admission.token).end_object().take();
}

/// The name that people reach this server by is nobody's: who took it would get everybody's requests.
Task<Result<void>> check_hostname(api::Services& services, http::Request const& request, std::string hostname) {
  if (hostname.empty() || hostname != first_label(request)) co_return Result<void>();
  auto const owner = co_await services.authenticator.tenant_of_host(std::move(hostname), request.executor());
  if (owner || owner.error().code == Errc::not_found) co_return fail(Errc::conflict, "hostname is taken", "hostname");
  co_return std::unexpected(owner.error());
}

}  // namespace

Task<Result<http::Response>> get_organisation(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  co_return reply(CO_TRY(co_await api::read(gateway.services, request.executor(),
                                            [&](storage::Transaction& tx) { return shown_text(tx, viewer.caller); })));
}

Task<Result<http::Response>> update_organisation(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  CO_TRY(check_members(request));
  auto const body = CO_TRY(http::decode_body<OrgUpdate>(request));
  bool const is_renamed = body.hostname && *body.hostname != viewer.tenant->tenant.hostname;
  if (is_renamed) CO_TRY(co_await check_hostname(gateway.services, request, *body.hostname));
  core::OrganisationChange const change{body.name, body.title, body.description, body.hostname};
  auto const verb = [&](storage::Transaction& tx) -> Result<std::string> {
    return organisation_text(tx, TRY(core::update_organisation(tx, viewer.caller, change)), Secrets::shown);
  };
  co_return reply(CO_TRY(co_await api::write(gateway.services, request.executor(), viewer.caller.tenant.value, verb)));
}

Task<Result<http::Response>> renew_join_secret(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const verb = [&](storage::Transaction& tx) -> Result<std::string> {
    return organisation_text(tx, TRY(core::renew_join_secret(tx, viewer.caller)), Secrets::shown);
  };
  co_return reply(CO_TRY(co_await api::write(gateway.services, request.executor(), viewer.caller.tenant.value, verb)));
}

Task<Result<http::Response>> create_organisation(Gateway& gateway, http::Request& request) {
  auto const& caller = api::caller_of(request);
  auto const body = CO_TRY(http::decode_body<NewOrg>(request));
  core::NewOrganisation input;
  input.name = body.name;
  input.title = body.title.value_or("");
  input.description = body.description.value_or("");
  input.hostname = body.hostname.value_or("");
  input.open_join = CO_TRY(read_organisation_bits(body.bits)).has("org_open_join");
  input.rate_limit = gateway.options.default_rate_limit;
  CO_TRY(co_await check_hostname(gateway.services, request, input.hostname));
  auto const verb = [&](storage::Transaction& tx) { return core::create_organisation(tx, caller, input); };
  co_return co_await api::perform(gateway.services, request, caller.tenant.value, verb,
                                  [](core::Admission const& admission) { return reply(creation_text(admission)); });
}

Task<Result<http::Response>> join_organisation(Gateway& gateway, http::Request& request) {
  auto const& caller = api::caller_of(request);
  auto const body = CO_TRY(http::decode_body<JoinRequest>(request));
  auto const named = CO_TRY(co_await named_organisation(gateway.services, request));
  auto const tenant = named ? named->tenant.id : caller.tenant;
  auto const verb = [&](storage::Transaction& tx) {
    return core::join_organisation(tx, caller, tenant, body.join_secret, spell(caller.tenant));
  };
  co_return co_await api::perform(gateway.services, request, tenant.value, verb,
                                  [](core::Admission const& admission) { return reply(admission_text(admission)); });
}

}  // namespace parlance::structchat
