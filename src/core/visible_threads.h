#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/caller.h"
#include "storage/param.h"

/// Which conversations a caller may read, as SQL: what permissions.cc says of one, said of all at once.
namespace parlance::core {

/// FROM and WHERE of a statement over conversations `c`, the caller's row `b` of `members` beside it, that finds every
/// thread the caller may read: threads, groups and direct messages it is in, and the logs of channels with messages. No
/// streams, nothing archived, deleted or hidden, nothing that the caller has left. Further conditions may follow; their
/// parameters begin at kFirstFreeParameter.
std::string const& from_visible_threads();

/// The condition under which conversation `alias` is open to the caller without a row in `members`, by its access
/// alone. Of the parameters it needs $1..$3.
std::string open_to_caller(std::string_view alias);

inline constexpr int kFirstFreeParameter = 5;

/// The values of $1..$4.
std::vector<storage::Param> visibility_params(Caller const& caller);

}  // namespace parlance::core
