#include "api/idempotency.h"

#include <algorithm>

#include "api/identity.h"
#include "api/sealed_text.h"
#include "base/crypto.h"
#include "core/idempotency.h"
#include "core/limits.h"

namespace parlance::api {
namespace {

constexpr std::string_view kHeader = "Idempotency-Key";

bool is_printable(char character) { return character >= 0x21 && character <= 0x7e; }

}  // namespace

Result<std::optional<std::string>> idempotency_key(http::Request const& request) {
  if (request.method != http::Method::post) return std::nullopt;
  auto const key = request.headers.find(kHeader);
  if (!key) return std::nullopt;
  bool const fits = !key->empty() && key->size() <= core::kMaxIdempotencyKeyBytes;
  if (!fits || !std::ranges::all_of(*key, is_printable)) {
    return invalid(std::string(kHeader), "Idempotency-Key must be 1 to 255 printable ASCII characters without spaces");
  }
  return std::string(*key);
}

Result<std::optional<IdempotencyGuard>> IdempotencyGuard::of(http::Request const& request, std::string_view content) {
  auto key = TRY(idempotency_key(request));
  if (!key) return std::nullopt;
  IdempotencyGuard guard;
  if (auto const* identity = find_identity(request)) guard.caller_ = identity->caller;
  guard.key_ = *std::move(key);
  // Each part is preceded by its size, so that no two requests run together into the same bytes.
  std::string parts;
  for (std::string_view const part : {http::name_of(request.method), std::string_view(request.path),
                                      std::string_view(request.query_string), std::string_view(request.body), content})
    parts.append(std::to_string(part.size())).append(":").append(part);
  guard.fingerprint_ = sha256(parts);
  return guard;
}

Result<std::optional<http::Response>> IdempotencyGuard::find(storage::Transaction& tx) const {
  auto stored = TRY(core::find_answer(tx, caller_, to_hex(sha256(key_)), fingerprint_));
  if (!stored) return std::nullopt;
  auto body = unseal(key_, stored->body);
  if (!body) return fail(Errc::internal, "a stored answer cannot be read");
  http::Response response;
  response.status = stored->status;
  if (!stored->content_type.empty()) response.headers.set("Content-Type", stored->content_type);
  response.headers.set("Idempotency-Replayed", "true");
  response.body = *std::move(body);
  return response;
}

Result<void> IdempotencyGuard::store(storage::Transaction& tx, http::Response const& response) const {
  auto const* body = std::get_if<std::string>(&response.body);
  if (body == nullptr) return fail(Errc::internal, "only answers with a text body can be repeated");
  core::StoredAnswer const answer{response.status, std::string(response.headers.find("Content-Type").value_or("")),
                                  seal(key_, *body)};
  return core::store_answer(tx, caller_, to_hex(sha256(key_)), fingerprint_, answer);
}

}  // namespace parlance::api
