#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parlance::search::typesense {

/// The parts of a parameter such as "subject, chats", without the spaces around them. None where there is nothing but
/// spaces.
std::vector<std::string_view> split_list(std::string_view text);

/// A whole number that fills the parameter; invalid_argument on it where it is none, or not `least` to `most`.
Result<std::int64_t> read_number(std::string_view parameter, std::string_view text, std::int64_t least,
                                 std::int64_t most);
Result<bool> read_flag(std::string_view parameter, std::string_view text);

}  // namespace parlance::search::typesense
