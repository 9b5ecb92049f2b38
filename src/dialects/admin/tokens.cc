#include "dialects/admin/tokens.h"

#include <boost/json/array.hpp>

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/credentials.h"
#include "core/users.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {
namespace {

constexpr std::int64_t kLongestLifetime = 100 * 365 * (kDay / kSecond);
constexpr std::size_t kMaxScopeBytes = 1024;

std::unexpected<Error> bad_scopes() {
  return invalid("scopes", "scopes must be an array of names, or one string of names with spaces between");
}

/// Both forms that people write: ["read", "write"] and "read write".
Result<std::string> scopes_of(std::optional<boost::json::value> const& scopes) {
  if (!scopes || scopes->is_null()) return "";
  std::string text;
  if (scopes->is_string()) {
    text = trim(std::string_view(scopes->get_string()));
  } else if (scopes->is_array()) {
    for (auto const& item : scopes->get_array()) {
      if (!item.is_string() || item.get_string().empty() || item.get_string().find(' ') != boost::json::string::npos)
        return bad_scopes();
      text.append(text.empty() ? "" : " ").append(item.get_string());
    }
  } else {
    return bad_scopes();
  }
  if (text.size() > kMaxScopeBytes) return invalid("scopes", "scopes must be at most 1024 bytes in all");
  return text;
}

Result<Timestamp> lifetime_of(std::optional<std::int64_t> seconds) {
  if (!seconds) return 0;
  if (*seconds >= 1 && *seconds <= kLongestLifetime) return *seconds * kSecond;
  return invalid("expires_in", "expires_in must be a number of seconds, at least 1");
}

std::optional<TokenId> parse_token(std::string_view text) {
  auto const id = api::parse_decimal(text);
  return id ? std::optional(TokenId{*id}) : std::nullopt;
}

}  // namespace

Task<Result<http::Response>> create_token(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<NewToken>(request));
  auto const lifetime = CO_TRY(lifetime_of(body.expires_in));
  auto const scopes = CO_TRY(scopes_of(body.scopes));
  auto const tenant = api::caller_of(request).tenant;
  auto const verb = [&](storage::Transaction& tx) -> Result<core::IssuedToken> {
    auto const user = TRY(core::ensure_user(tx, tenant, body.user_id));
    return core::issue_token(tx, tenant, user.id, lifetime, scopes, core::TokenUse::repeated);
  };
  auto const render = [&](core::IssuedToken const& issued) {
    Token token{issued.token, body.user_id, issued.id.value, {}};
    if (issued.expires_at != 0) token.expires_at.value = format_rfc3339(issued.expires_at);
    return reply(201, token);
  };
  co_return co_await api::perform(services, request, tenant.value, verb, render);
}

Task<Result<http::Response>> revoke_token(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(path_id<TokenId>(request, "id", parse_token));
  auto const tenant = api::caller_of(request).tenant;
  CO_TRY(co_await api::write(services, request.executor(), tenant.value,
                             [&](storage::Transaction& tx) { return core::revoke_token(tx, tenant, id); }));
  co_return http::Response::empty();
}

}  // namespace parlance::admin
