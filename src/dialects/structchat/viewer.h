#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/identity.h"
#include "api/services.h"
#include "base/result.h"
#include "base/task.h"
#include "core/caller.h"
#include "http/request.h"

namespace parlance::structchat {

/// Who looks at which organisation.
struct Viewer {
  std::shared_ptr<api::TenantState const> tenant;
  core::Caller caller;  ///< without a user where nobody has shown a credential
};

/// The organisation that the request names, by `x-struct-orgid` or by the first label of its Host (`acme` of
/// acme.example.com); null where it names none. A label that is no organisation's hostname says nothing: it is this
/// server's own name. not_found where the header names none, or the two name different ones.
Task<Result<std::shared_ptr<api::TenantState const>>> named_organisation(api::Services& services,
                                                                         http::Request const& request);

/// Who asks, and of which organisation: the named one, else the credential's. not_found where the named one is not the
/// credential's: another organisation answers like an absent one. unauthenticated where there is neither. Callers
/// without a credential use up the organisation's rate (rate_limited).
Task<Result<Viewer>> viewer_of(api::Services& services, http::Request const& request);

/// The same for a caller who is known by other means than the request's middleware.
Task<Result<Viewer>> viewer_of(api::Services& services, http::Request const& request, api::Identity const* identity);

/// "acme" of "acme.example.com:8080"; empty where the Host is an address or has one label only.
std::string first_label(http::Request const& request);

}  // namespace parlance::structchat
