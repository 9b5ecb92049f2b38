#include "dialects/admin/objects.h"

#include <algorithm>
#include <limits>

#include "actions/objects.h"
#include "actions/values.h"
#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "dialects/admin/wire.h"

namespace parlance::admin {
namespace {

constexpr std::int64_t kMaxPerPage = 100;
constexpr std::int64_t kMaxPage = 1'000'000'000;

void write_record(JsonWriter& out, actions::ObjectRecord const& record) {
  out.begin_object().field("type", record.object.type).field("id", record.object.id);
  out.field_raw("fields", actions::canonical_json(record.object.fields)).field("created_by", record.created_by);
  out.field("created_at", format_rfc3339(record.created_at)).field("updated_at", format_rfc3339(record.updated_at));
  out.end_object();
}

}  // namespace

Task<Result<http::Response>> get_object(api::Services& services, http::Request& request) {
  auto const id = api::parse_decimal(request.path_parameter("id"));
  if (!id) co_return fail(Errc::not_found, "no such object");
  auto const type = request.path_parameter("type");
  auto const record = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return actions::get_object_record(tx, api::caller_of(request).tenant, type, *id);
  }));
  JsonWriter out;
  write_record(out, record);
  co_return http::Response::json(200, out.take());
}

Task<Result<http::Response>> list_objects(api::Services& services, http::Request& request) {
  auto const type = request.path_parameter("type");
  CO_TRY(actions::check_type(type));
  auto const page = CO_TRY(request.query_integer("page", 1, 1, kMaxPage));
  auto const most = std::numeric_limits<std::int64_t>::max();
  auto const size = std::min(CO_TRY(request.query_integer("per_page", kMaxPerPage, 1, most)), kMaxPerPage);
  auto const found = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return actions::list_object_records(tx, api::caller_of(request).tenant, type, size, (page - 1) * size);
  }));
  auto const pages = (found.total + size - 1) / size;
  JsonWriter out;
  out.begin_object().key("data").begin_array();
  for (auto const& record : found.records) write_record(out, record);
  out.end_array().key("pagination").begin_object().field("page", page).field("per_page", size);
  out.field("total", found.total).field("total_pages", pages).end_object().end_object();
  co_return http::Response::json(200, out.take());
}

}  // namespace parlance::admin
