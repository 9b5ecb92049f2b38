#pragma once

#include <boost/describe.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/request.h"

/// Typed bodies. A struct that is described once,
///
///     struct NewRoom { std::string name; std::optional<std::vector<std::string>> members; };
///     BOOST_DESCRIBE_STRUCT(NewRoom, (), (name, members))
///
/// is decoded with field-level errors, encoded, and shown in the OpenAPI document (schema.h). Members may be
/// std::string, bool, int, std::int64_t, double, boost::json::value (anything), described enums (by enumerator name),
/// described structs, and std::vector, std::map<std::string, …>, std::optional, Nullable and Patch of these. Names of
/// members and enumerators may carry a trailing underscore where the bare word is C++'s.
namespace parlance::http {

/// A member of a partial update: absent (leave it), null (clear it), or a value (set it).
template <typename T>
struct Patch {
  bool present = false;
  std::optional<T> value;

  bool is_null() const { return present && !value; }
  explicit operator bool() const { return present; }
};

/// A member that is always there and may be null. (An empty std::optional is left out of the text.)
template <typename T>
struct Nullable {
  std::optional<T> value;
};

/// Decodes `json`. invalid_argument with the path of the first wrong part as `field` ("members[2]"). Members that are
/// not described are ignored; std::optional takes null for absent.
template <typename T>
Result<T> decode(boost::json::value const& json);

/// Decodes the request's JSON body; an empty body counts as {}.
template <typename T>
Result<T> decode_body(Request const& request);

/// Appends `value`. Empty optionals and absent patches are left out.
template <typename T>
void encode(JsonWriter& out, T const& value);

template <typename T>
std::string encode_json(T const& value) {
  JsonWriter out;
  encode(out, value);
  return out.take();
}

}  // namespace parlance::http

#include "http/describe_codec.h"  // IWYU pragma: export
