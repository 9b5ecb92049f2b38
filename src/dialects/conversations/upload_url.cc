#include "dialects/conversations/upload_url.h"

#include <fmt/format.h>

#include "api/spelling.h"
#include "base/crypto.h"
#include "base/text.h"

namespace parlance::conversations {
namespace {

std::string signature_of(UploadPermit const& permit, model::Tenant const& tenant) {
  // The type comes last: no part of it can be taken for another's.
  auto const text = fmt::format("attachment upload\n{}\n{}\n{}\n{}\n{}", permit.tenant.value, permit.file.value,
                                permit.size, permit.expires_at, permit.media_type);
  return to_hex(hmac_sha256(tenant.realtime_secret, text));
}

/// Percent-encodes all but what is plain in a query.
std::string escaped(std::string_view text) {
  std::string result;
  for (char const c : text) {
    bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~").contains(c);
    if (is_plain) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

std::unexpected<Error> not_valid() { return fail(Errc::forbidden, "the upload URL is not valid"); }

}  // namespace

std::string sign_upload(UploadPermit const& permit, model::Tenant const& tenant) {
  return fmt::format("/chat/attachments/uploads/{}?tenant={}&size={}&type={}&expires={}&signature={}",
                     permit.file.value, permit.tenant.value, permit.size, escaped(permit.media_type), permit.expires_at,
                     signature_of(permit, tenant));
}

Result<UploadPermit> permit_in(http::Request const& request) {
  auto const file = api::parse_decimal(request.path_parameter("id"));
  auto const tenant = api::parse_decimal(request.query("tenant").value_or(""));
  auto const size = api::parse_decimal(request.query("size").value_or(""));
  auto const expires = api::parse_decimal(request.query("expires").value_or(""));
  if (!file || !tenant || !size || !expires) return not_valid();
  return UploadPermit{.tenant = TenantId{*tenant},
                      .file = FileId{*file},
                      .size = *size,
                      .media_type = request.query("type").value_or(""),
                      .expires_at = *expires};
}

Result<void> check_permit(UploadPermit const& permit, http::Request const& request, model::Tenant const& tenant,
                          Timestamp now) {
  auto const signature = request.query("signature").value_or("");
  if (!equal_in_constant_time(signature, signature_of(permit, tenant))) return not_valid();
  if (permit.expires_at <= now / kSecond) return fail(Errc::forbidden, "the upload URL has expired");
  return {};
}

std::string origin_of(http::Request const& request) {
  auto const host = request.headers.find("Host");
  if (!host || host->empty()) return {};
  bool const is_secure =
      request.is_secure || equals_ignoring_case(request.headers.find("X-Forwarded-Proto").value_or(""), "https");
  return fmt::format("{}://{}", is_secure ? "https" : "http", *host);
}

}  // namespace parlance::conversations
