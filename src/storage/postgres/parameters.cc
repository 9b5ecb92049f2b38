#include "storage/postgres/parameters.h"

#include <bit>

namespace parlance::storage::postgres {
namespace {

// From the server's catalog, where they are fixed for good.
constexpr Oid kUnspecified = 0;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;
constexpr Oid kFloat8 = 701;

Oid type_of(Param const& param) {
  switch (param.type()) {
    case Param::Type::unknown: return kUnspecified;
    case Param::Type::integer: return kInt8;
    case Param::Type::real: return kFloat8;
    case Param::Type::text: return kText;
    case Param::Type::bytes: return kBytea;
  }
  return kUnspecified;
}

std::array<char, 8> in_network_order(std::uint64_t bits) {
  static_assert(std::endian::native == std::endian::little);
  return std::bit_cast<std::array<char, 8>>(std::byteswap(bits));
}

}  // namespace

void Parameters::encode(std::span<Param const> params) {
  types_.resize(params.size());
  values_.assign(params.size(), nullptr);
  lengths_.assign(params.size(), 0);
  formats_.assign(params.size(), 1);
  numbers_.resize(params.size());
  for (std::size_t index = 0; index < params.size(); ++index) {
    auto const& param = params[index];
    types_[index] = type_of(param);
    if (param.is_null()) continue;
    auto const is_view = param.type() == Param::Type::text || param.type() == Param::Type::bytes;
    if (is_view) {
      values_[index] = param.view().data() ? param.view().data() : "";
      lengths_[index] = static_cast<int>(param.view().size());
    } else {
      auto const bits = param.type() == Param::Type::real ? std::bit_cast<std::uint64_t>(param.real())
                                                          : static_cast<std::uint64_t>(param.integer());
      numbers_[index] = in_network_order(bits);
      values_[index] = numbers_[index].data();
      lengths_[index] = 8;
    }
  }
}

}  // namespace parlance::storage::postgres
