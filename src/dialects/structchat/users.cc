#include "dialects/structchat/users.h"

#include "api/await.h"
#include "core/tenants.h"
#include "core/users.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/user_rules.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

constexpr std::int64_t kMostListed = 10'000;

std::string user_text(model::User const& user) {
  return data_reply([&](JsonWriter& out) { write_user(out, user); });
}

Result<void> check_email(std::string_view email) {
  if (email.find('@') != std::string_view::npos) return {};
  return invalid("email", "email must be an address");
}

Result<model::User> add_user(storage::Transaction& tx, core::Caller const& caller, NewUser const& body) {
  auto const tenant = TRY(core::get_tenant(tx, caller.tenant));
  TRY(check_may_add(caller, tenant.settings.org));
  auto const external_id = body.xid.value_or(body.email);
  TRY(core::check_external_id(external_id, "xid"));
  if (TRY(core::find_user(tx, caller.tenant, external_id)))
    return fail(Errc::conflict, "a user of this name is there already", "xid");
  core::UserChange change{.name = body.name, .email = body.email};
  if (auto const role = TRY(role_in(body.bits))) {
    TRY(check_new_role(caller, {.role = model::TenantRole::member}, *role));
    change.role = role;
  }
  return core::put_user(tx, caller.tenant, external_id, change);
}

Result<model::User> change_user(storage::Transaction& tx, core::Caller const& caller, UserId id,
                                UserUpdate const& body) {
  auto const user = TRY(core::get_user(tx, caller.tenant, id));
  TRY(check_may_change(caller, user));
  core::UserChange change{.name = body.name, .email = body.email};
  if (auto const role = TRY(role_in(body.bits))) {
    TRY(check_new_role(caller, user, *role));
    change.role = role;
  }
  return core::put_user(tx, caller.tenant, user.external_id, change);
}

}  // namespace

Task<Result<http::Response>> list_users(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const count = CO_TRY(request.query_integer("num", kMostListed, 1, kMostListed));
  UserId after;
  if (auto const text = request.query("after")) {
    auto const id = user_id_of(*text);
    if (!id) co_return invalid("after", "after must be the id of a user");
    after = *id;
  }
  auto const users = CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return core::list_users(tx, viewer.caller.tenant, after, count);
  }));
  co_return reply(data_reply([&](JsonWriter& out) {
    out.begin_array();
    for (auto const& user : users) write_user(out, user);
    out.end_array();
  }));
}

Task<Result<http::Response>> get_user(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const id = CO_TRY(user_id_of(request.path_parameter("user_id")));
  co_return reply(
      user_text(CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
        return core::get_user(tx, viewer.caller.tenant, id);
      }))));
}

Task<Result<http::Response>> create_user(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<NewUser>(request));
  if (body.name.empty()) co_return invalid("name", "name must not be empty");
  CO_TRY(check_email(body.email));
  auto const verb = [&](storage::Transaction& tx) { return add_user(tx, viewer.caller, body); };
  co_return co_await api::perform(gateway.services, request, viewer.caller.tenant.value, verb,
                                  [](model::User const& user) { return reply(user_text(user)); });
}

Task<Result<http::Response>> update_user(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<UserUpdate>(request));
  auto const id = CO_TRY(user_id_of(body.id));
  if (body.email && !body.email->empty()) CO_TRY(check_email(*body.email));
  co_return reply(user_text(
      CO_TRY(co_await api::write(gateway.services, request.executor(), viewer.caller.tenant.value,
                                 [&](storage::Transaction& tx) { return change_user(tx, viewer.caller, id, body); }))));
}

}  // namespace parlance::structchat
