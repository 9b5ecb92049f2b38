#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/describe.h"
#include "http/request.h"
#include "http/response.h"
#include "model/space.h"
#include "model/tenant.h"
#include "model/user.h"

/// The bodies of the administration contract. Times are RFC 3339 in UTC.
namespace parlance::admin {

struct NewTenant {
  std::string name;
  std::optional<std::string> hostname;
  std::optional<std::int64_t> rate_limit;
};
BOOST_DESCRIBE_STRUCT(NewTenant, (), (name, hostname, rate_limit))

struct TenantChange {
  std::optional<std::string> name;
  http::Patch<std::string> hostname;
  std::optional<std::int64_t> rate_limit;
};
BOOST_DESCRIBE_STRUCT(TenantChange, (), (name, hostname, rate_limit))

struct Tenant {
  std::string tenant_id;
  std::string org_id;
  std::string name;
  http::Nullable<std::string> hostname;
  std::int64_t rate_limit = 0;
  std::string created_at;
};
BOOST_DESCRIBE_STRUCT(Tenant, (), (tenant_id, org_id, name, hostname, rate_limit, created_at))

struct CreatedTenant : Tenant {
  std::string api_key;
};
BOOST_DESCRIBE_STRUCT(CreatedTenant, (Tenant), (api_key))

struct TenantList {
  std::vector<Tenant> tenants;
};
BOOST_DESCRIBE_STRUCT(TenantList, (), (tenants))

struct NewToken {
  std::string user_id;
  std::optional<std::int64_t> expires_in;  ///< seconds
  std::optional<boost::json::value> scopes;
};
BOOST_DESCRIBE_STRUCT(NewToken, (), (user_id, expires_in, scopes))

struct Token {
  std::string token;
  std::string user_id;
  std::int64_t id = 0;
  http::Nullable<std::string> expires_at;
};
BOOST_DESCRIBE_STRUCT(Token, (), (token, user_id, id, expires_at))

enum class UserRole { owner, admin, moderator, member, guest };
BOOST_DESCRIBE_ENUM(UserRole, owner, admin, moderator, member, guest)

struct UserChange {
  std::optional<std::string> name;
  http::Patch<std::string> email;
  std::optional<UserRole> role;
};
BOOST_DESCRIBE_STRUCT(UserChange, (), (name, email, role))

struct User {
  std::string user_id;
  std::int64_t id = 0;
  std::string name;
  std::string email;
  UserRole role = UserRole::member;
};
BOOST_DESCRIBE_STRUCT(User, (), (user_id, id, name, email, role))

enum class SpaceRole { owner, admin, editor, viewer };
BOOST_DESCRIBE_ENUM(SpaceRole, owner, admin, editor, viewer)

struct NewSpaceMember {
  std::string user_id;
  std::optional<SpaceRole> role;
};
BOOST_DESCRIBE_STRUCT(NewSpaceMember, (), (user_id, role))

struct NewSpace {
  std::string name;
  std::optional<std::vector<NewSpaceMember>> members;
};
BOOST_DESCRIBE_STRUCT(NewSpace, (), (name, members))

struct Space {
  std::int64_t space_id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Space, (), (space_id, name))

struct SpaceRoleChange {
  SpaceRole role = SpaceRole::editor;
};
BOOST_DESCRIBE_STRUCT(SpaceRoleChange, (), (role))

struct SpaceMembership {
  std::int64_t space_id = 0;
  std::string user_id;
  SpaceRole role = SpaceRole::editor;
};
BOOST_DESCRIBE_STRUCT(SpaceMembership, (), (space_id, user_id, role))

struct Webhook {
  std::string url;
  std::optional<std::string> secret;
  std::optional<std::vector<std::string>> events;
};
BOOST_DESCRIBE_STRUCT(Webhook, (), (url, secret, events))

struct WebhookView {
  std::string url;
  std::vector<std::string> events;
};
BOOST_DESCRIBE_STRUCT(WebhookView, (), (url, events))

struct Issuer {
  std::string algorithm;
  std::optional<std::string> secret;
  std::optional<std::string> jwks_url;
  std::optional<std::string> public_key;
  std::optional<std::string> issuer;
  std::optional<std::string> audience;
};
BOOST_DESCRIBE_STRUCT(Issuer, (), (algorithm, secret, jwks_url, public_key, issuer, audience))

struct IssuerView {
  std::string algorithm;
  std::optional<std::string> jwks_url;
  std::optional<std::string> public_key;
  std::optional<std::string> issuer;
  std::optional<std::string> audience;
};
BOOST_DESCRIBE_STRUCT(IssuerView, (), (algorithm, jwks_url, public_key, issuer, audience))

struct ActionPolicy {
  boost::json::value needs_approval;  ///< "all", or object types
};
BOOST_DESCRIBE_STRUCT(ActionPolicy, (), (needs_approval))

struct Namespaces {
  std::vector<std::string> names;
};
BOOST_DESCRIBE_STRUCT(Namespaces, (), (names))

struct ObjectView {
  std::string type;
  std::int64_t id = 0;
  boost::json::object fields;
  std::string created_by;
  std::string created_at;
  std::string updated_at;
};
BOOST_DESCRIBE_STRUCT(ObjectView, (), (type, id, fields, created_by, created_at, updated_at))

struct ObjectPagination {
  std::int64_t page = 0;
  std::int64_t per_page = 0;
  std::int64_t total = 0;
  std::int64_t total_pages = 0;
};
BOOST_DESCRIBE_STRUCT(ObjectPagination, (), (page, per_page, total, total_pages))

struct ObjectList {
  std::vector<ObjectView> data;
  ObjectPagination pagination;
};
BOOST_DESCRIBE_STRUCT(ObjectList, (), (data, pagination))

struct Readiness {
  bool ready = false;
  bool database = false;  ///< a small write can be committed
  bool draining = false;  ///< the process was told to stop
  /// Other nodes are heard of; absent where there can be none. Without them this one serves all the same.
  std::optional<bool> bus;
};
BOOST_DESCRIBE_STRUCT(Readiness, (), (ready, database, draining, bus))

Tenant tenant_view(model::Tenant const& tenant);
User user_view(model::User const& user);

/// The enumerators stand in the model's order.
inline model::TenantRole role_of(UserRole role) { return static_cast<model::TenantRole>(role); }
inline model::SpaceRole role_of(SpaceRole role) { return static_cast<model::SpaceRole>(role); }

template <typename T>
http::Response reply(int status, T const& body) {
  return http::Response::json(status, http::encode_json(body));
}

/// The id in the path; not_found where it is spelled like none of ours.
template <class IdType, class Parse>
Result<IdType> path_id(http::Request const& request, std::string_view name, Parse parse) {
  auto const id = parse(request.path_parameter(name));
  if (!id) return fail(Errc::not_found, "no such " + std::string(name));
  return *id;
}

}  // namespace parlance::admin
