#pragma once

#include <string_view>

namespace parlance::storage {

/// How many characters at the start of `sql` are a quoted string or name, or a comment, as a whole; 0 where it starts
/// with neither.
std::size_t skip_quoted(std::string_view sql);

/// Whether the statement may write: anything but a query whose WITH clauses are queries too.
bool may_write(std::string_view sql);

}  // namespace parlance::storage
