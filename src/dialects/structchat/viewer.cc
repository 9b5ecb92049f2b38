#include "dialects/structchat/viewer.h"

#include <algorithm>

#include "api/credentials.h"
#include "api/rate_limit.h"
#include "api/spelling.h"
#include "base/clock.h"
#include "base/text.h"

namespace parlance::structchat {
namespace {

using TenantHandle = std::shared_ptr<api::TenantState const>;

std::unexpected<Error> no_such_organisation() { return fail(Errc::not_found, "no such organisation"); }

Task<Result<TenantHandle>> by_host(api::Services& services, http::Request const& request) {
  auto label = first_label(request);
  if (label.empty()) co_return TenantHandle();
  auto found = co_await services.authenticator.tenant_of_host(std::move(label), request.executor());
  if (!found && found.error().code == Errc::not_found) co_return TenantHandle();
  co_return found;
}

Task<Result<TenantHandle>> by_header(api::Services& services, http::Request const& request) {
  auto const text = request.headers.find("x-struct-orgid");
  if (!text) co_return TenantHandle();
  auto const id = api::parse_struct(api::StructType::org, trim(*text));
  if (!id || *id == 0) co_return no_such_organisation();
  auto found = co_await services.authenticator.tenant(TenantId{*id}, request.executor());
  if (!found && found.error().code == Errc::not_found) co_return no_such_organisation();
  co_return found;
}

Result<void> take_rate(api::TenantState const& tenant) {
  auto const decision = tenant.bucket->take(monotonic_now());
  if (!decision.allowed) return std::unexpected(api::rate_limited(decision));
  return {};
}

}  // namespace

std::string first_label(http::Request const& request) {
  auto host = request.headers.find("Host").value_or("");
  if (host.starts_with('[')) return {};
  host = host.substr(0, host.find(':'));
  auto const dot = host.find('.');
  bool const is_address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  if (dot == std::string_view::npos || is_address) return {};
  return to_lower_ascii(host.substr(0, dot));
}

Task<Result<TenantHandle>> named_organisation(api::Services& services, http::Request const& request) {
  auto named = CO_TRY(co_await by_header(services, request));
  auto hosted = CO_TRY(co_await by_host(services, request));
  if (named && hosted && named->tenant.id != hosted->tenant.id) co_return no_such_organisation();
  co_return named ? std::move(named) : std::move(hosted);
}

Task<Result<Viewer>> viewer_of(api::Services& services, http::Request const& request, api::Identity const* identity) {
  auto named = CO_TRY(co_await named_organisation(services, request));
  if (identity != nullptr) {
    if (named && named->tenant.id != identity->tenant->tenant.id) co_return no_such_organisation();
    co_return Viewer{identity->tenant, identity->caller};
  }
  if (!named) {
    co_return fail(Errc::unauthenticated, "a credential is missing", std::string(api::kCredentialMissing));
  }
  CO_TRY(take_rate(*named));
  core::Caller const stranger{.tenant = named->tenant.id, .role = model::TenantRole::guest};
  co_return Viewer{std::move(named), stranger};
}

Task<Result<Viewer>> viewer_of(api::Services& services, http::Request const& request) {
  return viewer_of(services, request, api::find_identity(request));
}

}  // namespace parlance::structchat
