#include "storage/param.h"

#include <algorithm>

namespace parlance::storage {

Result<void> check_texts(std::span<Param const> params) {
  auto const holds_nul = [](Param const& param) {
    return param.type() == Param::Type::text && !param.is_null() && param.view().contains('\0');
  };
  if (std::ranges::any_of(params, holds_nul)) return invalid({}, "text must not contain U+0000");
  return {};
}

}  // namespace parlance::storage
