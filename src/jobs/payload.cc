#include "jobs/payload.h"

namespace parlance::jobs {

Result<Payload> Payload::parse(std::string_view json) {
  auto value = parse_json(json);
  if (!value || !value->is_object()) return fail(Errc::internal, "the job's payload is not a JSON object");
  return Payload(std::move(value->get_object()));
}

std::int64_t Payload::integer(std::string_view name) const {
  auto const* const value = object_.if_contains(name);
  return value && value->is_int64() ? value->get_int64() : 0;
}

std::string Payload::text(std::string_view name) const {
  auto const* const value = object_.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace parlance::jobs
