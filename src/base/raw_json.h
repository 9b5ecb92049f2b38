#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace parlance {

/// The text of member `name` of an object, as its sender wrote it: what a parser would reformat (1.0, 1e400, the order
/// of keys) stays. `json` is one valid JSON value (parse_json has taken it); of duplicate keys the last one counts, as
/// there. Empty where `json` is no object or has no such member. A view into `json`.
std::optional<std::string_view> raw_member(std::string_view json, std::string_view name);

/// The same for the items of an array, in their order; none where `json` is no array.
std::vector<std::string_view> raw_items(std::string_view json);

}  // namespace parlance
