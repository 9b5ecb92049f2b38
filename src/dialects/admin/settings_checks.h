#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dialects/admin/wire.h"
#include "model/tenant.h"

/// What a tenant's settings must be like: invalid_argument naming the member where they are not.
namespace parlance::admin {

/// An http or https url, a secret of 1..255 bytes, events that jobs::names_events knows.
Result<model::WebhookSettings> webhook_of(Webhook const& body);

/// A known algorithm, and the one kind of key that it takes.
Result<model::IssuerSettings> issuer_of(Issuer const& body);

/// "all", or an array of object types.
Result<model::ActionPolicy> action_policy_of(ActionPolicy const& body);

/// Up to 100 names of letters, digits, "_", "-" and ".".
Result<std::vector<std::string>> namespaces_of(Namespaces const& body);

}  // namespace parlance::admin
