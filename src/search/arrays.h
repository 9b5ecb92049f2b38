#pragma once

#include <cstdint>
#include <span>
#include <string>

/// Lists as PostgreSQL's text form of its arrays, for one parameter.
namespace parlance::search {

/// The text of a bigint[].
std::string array_of(std::span<std::int64_t const> numbers);

/// The text of a text[] of texts that hold neither quotation marks nor backslashes, as tokens and tsvectors do.
std::string array_of(std::span<std::string const> texts);

/// The text of a bytea[].
std::string byte_array_of(std::span<std::string const> values);

}  // namespace parlance::search
