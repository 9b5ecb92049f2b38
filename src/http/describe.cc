#include "http/describe.h"

#include <limits>

namespace parlance::http::detail {

std::string Path::text() const {
  if (parent == nullptr) return {};
  auto before = parent->text();
  if (name.empty()) return fmt::format("{}[{}]", before, index);
  return before.empty() ? std::string(name) : fmt::format("{}.{}", before, name);
}

std::unexpected<Error> must_be(Path const& path, std::string_view what) {
  auto field = path.text();
  auto message = fmt::format("{} must be {}", field.empty() ? "the body" : field, what);
  return invalid(std::move(field), std::move(message));
}

std::unexpected<Error> is_required(Path const& path) {
  auto field = path.text();
  auto message = fmt::format("{} is required", field);
  return invalid(std::move(field), std::move(message));
}

Result<boost::json::value> body_json(Request const& request) {
  if (trim(request.body).empty()) return boost::json::object();
  return parse_json(request.body);
}

Result<std::string> Codec<std::string>::decode(boost::json::value const& json, Path const& path) {
  if (!json.is_string()) return must_be(path, what());
  auto const& text = json.get_string();
  // Well-formed UTF-8 already (parse_json); U+0000 is what neither storage engine's text can hold.
  if (text.find('\0') != boost::json::string::npos) return must_be(path, "a string without U+0000");
  return std::string(text);
}

Result<bool> Codec<bool>::decode(boost::json::value const& json, Path const& path) {
  if (!json.is_bool()) return must_be(path, what());
  return json.get_bool();
}

Result<std::int64_t> Codec<std::int64_t>::decode(boost::json::value const& json, Path const& path) {
  if (!json.is_int64()) return must_be(path, what());  // Boost.JSON makes a uint64 only of what passes int64.
  return json.get_int64();
}

Result<int> Codec<int>::decode(boost::json::value const& json, Path const& path) {
  auto const number = json.is_int64() ? json.get_int64() : std::numeric_limits<std::int64_t>::max();
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
    return must_be(path, what());
  }
  return static_cast<int>(number);
}

Result<double> Codec<double>::decode(boost::json::value const& json, Path const& path) {
  if (!json.is_number()) return must_be(path, what());
  return json.to_number<double>();
}

Result<boost::json::object> Codec<boost::json::object>::decode(boost::json::value const& json, Path const& path) {
  if (!json.is_object()) return must_be(path, what());
  return json.get_object();
}

}  // namespace parlance::http::detail
