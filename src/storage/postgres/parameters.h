#pragma once

#include <libpq-fe.h>

#include <array>
#include <span>
#include <vector>

#include "storage/param.h"

namespace parlance::storage::postgres {

/// The parameters of one call as libpq takes them, all in binary, each with its type named: left to infer it, the
/// server would read `$1 = 0` as an int4. Texts and bytes are not copied. Reused from call to call.
class Parameters {
 public:
  void encode(std::span<Param const> params);

  int count() const { return static_cast<int>(types_.size()); }
  std::span<Oid const> types() const { return types_; }
  char const* const* values() const { return values_.data(); }
  int const* lengths() const { return lengths_.data(); }
  int const* formats() const { return formats_.data(); }

 private:
  std::vector<Oid> types_;
  std::vector<char const*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::array<char, 8>> numbers_;
};

}  // namespace parlance::storage::postgres
