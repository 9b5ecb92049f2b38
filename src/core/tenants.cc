#include "core/tenants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/crypto.h"
#include "base/json.h"
#include "core/checks.h"
#include "core/events.h"
#include "core/limits.h"
#include "core/locks.h"
#include "core/spaces.h"

namespace parlance::core {

namespace {

constexpr std::string_view kColumns =
    "t.id, t.name, t.hostname, t.rate_limit, t.realtime_secret, t.settings, t.default_space, t.created_at";

/// Every table with rows of a tenant, but for `tenants` itself.
constexpr std::array kTenantTables = {"api_keys",
                                      "users",
                                      "tokens",
                                      "spaces",
                                      "space_members",
                                      "conversations",
                                      "members",
                                      "messages",
                                      "reactions",
                                      "pins",
                                      "conversation_parents",
                                      "mentions",
                                      "files",
                                      "attachments",
                                      "events",
                                      "jobs",
                                      "notification_deliveries",
                                      "notifications",
                                      "subscriptions",
                                      "feeds",
                                      "tags",
                                      "relay_positions",
                                      "action_runs",
                                      "message_deliveries",
                                      "idempotency_keys",
                                      "action_objects",
                                      "thread_authors",
                                      "message_code",
                                      "message_results",
                                      "message_drafts",
                                      "action_types"};

Result<model::Tenant> tenant_from(storage::Row const& row) {
  model::Tenant tenant;
  tenant.id = row.id<TenantId>(0);
  tenant.name = row.text(1);
  tenant.hostname = row.text(2);
  tenant.rate_limit = row.integer(3);
  tenant.realtime_secret = row.bytes(4);
  tenant.settings = TRY(decode_settings(row.text(5)));
  tenant.default_space = row.id<SpaceId>(6);
  tenant.created_at = row.integer(7);
  return tenant;
}

/// `sql` follows FROM.
Result<std::optional<model::Tenant>> first_tenant(storage::Transaction& tx, std::string_view sql,
                                                  std::initializer_list<storage::Param> params) {
  auto found = TRY(tx.first(fmt::format("SELECT {} FROM {}", kColumns, sql), params, tenant_from));
  if (!found) return std::nullopt;
  return TRY(*std::move(found));
}

Result<void> check_hostname(std::string_view hostname) {
  auto const allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  bool const is_label = hostname.size() <= 63 && std::ranges::all_of(hostname, allowed) && !hostname.starts_with('-') &&
                        !hostname.ends_with('-');
  if (is_label) return {};
  return invalid("hostname", "hostname must be a DNS label: 1 to 63 of a-z, 0-9 and -, not at an end");
}

Result<void> check_rate_limit(std::int64_t rate_limit) {
  if (rate_limit >= 0 && rate_limit <= model::kMaxRateLimit) return {};
  return invalid("rate_limit",
                 fmt::format("rate_limit must be between 0 and {} requests a second", model::kMaxRateLimit));
}

std::unexpected<Error> name_the_hostname(Error error) {
  if (storage::is_unique_violation(error)) error = {Errc::conflict, "hostname is taken", "hostname"};
  return std::unexpected(std::move(error));
}

std::string text_of(boost::json::object const& object, std::string_view key) {
  auto const* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::vector<std::string> texts_of(boost::json::object const& object, std::string_view key) {
  std::vector<std::string> texts;
  auto const* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (auto const& item : value->get_array()) {
    if (item.is_string()) texts.emplace_back(item.get_string());
  }
  return texts;
}

boost::json::object section(boost::json::object const& object, std::string_view key) {
  auto const* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : boost::json::object{};
}

void write_texts(JsonWriter& out, std::string_view key, std::vector<std::string> const& texts) {
  out.key(key).begin_array();
  for (auto const& text : texts) out.value(text);
  out.end_array();
}

}  // namespace

std::string encode_settings(model::TenantSettings const& settings) {
  JsonWriter out;
  out.begin_object();
  auto const& webhook = settings.webhook;
  out.key("webhook").begin_object().field("url", webhook.url).field("secret", webhook.secret);
  write_texts(out, "events", webhook.events);
  out.end_object();
  auto const& issuer = settings.issuer;
  out.key("issuer").begin_object();
  out.field("algorithm", issuer.algorithm).field("secret", issuer.secret).field("jwks_url", issuer.jwks_url);
  out.field("public_key", issuer.public_key).field("issuer", issuer.issuer).field("audience", issuer.audience);
  out.end_object();
  out.key("action_policy").begin_object().field("approve_all", settings.action_policy.approve_all);
  write_texts(out, "approve_types", settings.action_policy.approve_types);
  out.end_object();
  auto const& org = settings.org;
  out.key("org").begin_object().field("title", org.title).field("description", org.description);
  out.field("join_secret", org.join_secret).field("open_join", org.open_join).end_object();
  write_texts(out, "namespaces", settings.namespaces);
  out.end_object();
  return out.take();
}

Result<model::TenantSettings> decode_settings(std::string_view json) {
  auto const parsed = TRY(parse_json(json));
  if (!parsed.is_object()) return fail(Errc::internal, "tenant settings are not an object");
  auto const& root = parsed.get_object();
  model::TenantSettings settings;
  auto const webhook = section(root, "webhook");
  settings.webhook = {text_of(webhook, "url"), text_of(webhook, "secret"), texts_of(webhook, "events")};
  auto const issuer = section(root, "issuer");
  settings.issuer = {text_of(issuer, "algorithm"),  text_of(issuer, "secret"), text_of(issuer, "jwks_url"),
                     text_of(issuer, "public_key"), text_of(issuer, "issuer"), text_of(issuer, "audience")};
  auto const policy = section(root, "action_policy");
  auto const* approve_all = policy.if_contains("approve_all");
  settings.action_policy.approve_all = approve_all == nullptr || !approve_all->is_bool() || approve_all->get_bool();
  settings.action_policy.approve_types = texts_of(policy, "approve_types");
  auto const org = section(root, "org");
  auto const* open_join = org.if_contains("open_join");
  settings.org = {text_of(org, "title"), text_of(org, "description"), text_of(org, "join_secret"),
                  open_join != nullptr && open_join->is_bool() && open_join->get_bool()};
  settings.namespaces = texts_of(root, "namespaces");
  return settings;
}

Result<CreatedTenant> create_tenant(storage::Transaction& tx, NewTenant const& input) {
  TRY(check_line(input.name, "name", 1, kMaxNameBytes));
  TRY(check_hostname(input.hostname));
  auto const rate_limit = input.rate_limit.value_or(model::kDefaultRateLimit);
  TRY(check_rate_limit(rate_limit));
  auto const secret = random_bytes(32);
  auto const id = tx.one(
      "INSERT INTO tenants (name, hostname, rate_limit, realtime_secret, created_at) VALUES ($1, $2, $3, $4, $5)"
      " RETURNING id",
      {input.name, input.hostname, rate_limit, storage::Bytes{secret}, tx.now()},
      [](storage::Row const& row) { return row.id<TenantId>(0); });
  if (!id) return name_the_hostname(id.error());
  Caller const backend{.tenant = *id, .is_backend = true};
  auto const space = TRY(create_default_space(tx, backend));
  TRY(tx.execute("UPDATE tenants SET default_space = $2 WHERE id = $1", {*id, space.id}));
  return CreatedTenant{TRY(get_tenant(tx, *id)), TRY(create_api_key(tx, *id))};
}

Result<model::Tenant> get_tenant(storage::Transaction& tx, TenantId id) {
  auto found = TRY(first_tenant(tx, "tenants t WHERE t.id = $1", {id}));
  if (!found) return fail(Errc::not_found, "no such tenant");
  return *std::move(found);
}

Result<std::optional<model::Tenant>> find_tenant_by_hostname(storage::Transaction& tx, std::string_view hostname) {
  if (hostname.empty()) return std::nullopt;
  return first_tenant(tx, "tenants t WHERE t.hostname = $1 AND t.hostname <> ''", {hostname});
}

Result<std::vector<model::Tenant>> list_tenants(storage::Transaction& tx) {
  auto rows = TRY(tx.all(fmt::format("SELECT {} FROM tenants t ORDER BY t.id", kColumns), {}, tenant_from));
  std::vector<model::Tenant> tenants;
  tenants.reserve(rows.size());
  for (auto& row : rows) tenants.push_back(TRY(std::move(row)));
  return tenants;
}

Result<model::Tenant> update_tenant(storage::Transaction& tx, TenantId id, TenantChange const& change) {
  TRY(lock_tenant(tx, id));
  auto tenant = TRY(get_tenant(tx, id));
  if (change.name) TRY(check_line(*change.name, "name", 1, kMaxNameBytes));
  if (change.hostname) TRY(check_hostname(*change.hostname));
  if (change.rate_limit) TRY(check_rate_limit(*change.rate_limit));
  tenant.name = change.name.value_or(tenant.name);
  tenant.hostname = change.hostname.value_or(tenant.hostname);
  tenant.rate_limit = change.rate_limit.value_or(tenant.rate_limit);
  tenant.settings = change.settings.value_or(tenant.settings);
  auto const updated =
      tx.execute("UPDATE tenants SET name = $2, hostname = $3, rate_limit = $4, settings = $5 WHERE id = $1",
                 {id, tenant.name, tenant.hostname, tenant.rate_limit, encode_settings(tenant.settings)});
  if (!updated) return name_the_hostname(updated.error());
  announce(tx, id, model::EventKind::tenant_changed);
  return tenant;
}

Result<std::vector<std::string>> delete_tenant(storage::Transaction& tx, TenantId id) {
  TRY(get_tenant(tx, id));
  auto digests = TRY(tx.all("SELECT DISTINCT digest FROM files WHERE tenant_id = $1 AND digest <> ''", {id},
                            [](storage::Row const& row) { return std::string(row.text(0)); }));
  for (std::string_view const table : kTenantTables) {
    TRY(tx.execute(fmt::format("DELETE FROM {} WHERE tenant_id = $1", table), {id}));
  }
  TRY(tx.execute("DELETE FROM tenants WHERE id = $1", {id}));
  announce(tx, id, model::EventKind::tenant_changed);
  return digests;
}

Result<std::string> create_api_key(storage::Transaction& tx, TenantId id) {
  auto key = "sk_" + to_hex(random_bytes(24));
  TRY(tx.execute("INSERT INTO api_keys (tenant_id, digest, created_at) VALUES ($1, $2, $3)",
                 {id, storage::Bytes{sha256(key)}, tx.now()}));
  return key;
}

Result<std::optional<model::Tenant>> find_tenant_by_key(storage::Transaction& tx, std::string_view api_key) {
  auto const digest = sha256(api_key);
  return first_tenant(tx, "api_keys k JOIN tenants t ON t.id = k.tenant_id WHERE k.digest = $1",
                      {storage::Bytes{digest}});
}

}  // namespace parlance::core
