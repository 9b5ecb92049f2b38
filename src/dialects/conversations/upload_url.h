#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "http/request.h"
#include "model/tenant.h"

namespace parlance::conversations {

/// What an upload URL of ours permits: one content of exactly this size and type for one reserved file, until it
/// expires.
struct UploadPermit {
  TenantId tenant;
  FileId file;
  std::int64_t size = 0;
  std::string media_type;
  std::int64_t expires_at = 0;  ///< unix seconds
};

/// "/chat/attachments/uploads/7?tenant=…&size=…&type=…&expires=…&signature=…"; all of it is bound by the signature, an
/// HMAC with the tenant's secret.
std::string sign_upload(UploadPermit const& permit, model::Tenant const& tenant);

/// What the query of such a URL says, unchecked: the tenant is needed to check it. forbidden where a part is missing.
Result<UploadPermit> permit_in(http::Request const& request);

/// forbidden where the signature is not this tenant's, or `now` is past the end.
Result<void> check_permit(UploadPermit const& permit, http::Request const& request, model::Tenant const& tenant,
                          Timestamp now);

/// "https://host:port" as the client has called it; empty where it did not say.
std::string origin_of(http::Request const& request);

}  // namespace parlance::conversations
