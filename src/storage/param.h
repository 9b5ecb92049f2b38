#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/ids.h"
#include "base/result.h"

namespace parlance::storage {

/// Octets for a BLOB/BYTEA column, as opposed to text.
struct Bytes {
  std::string_view value;
};

/// A view of one SQL parameter for the duration of a call. It owns nothing: what it was made from must outlive the
/// call, which temporaries in the argument list do. Ids are bound as they are, 0 included; `or_null` binds "none".
class Param {
 public:
  /// The column type that the value is bound as; `unknown` only for a bare nullptr.
  enum class Type : std::uint8_t { unknown, integer, real, text, bytes };

  Param(std::nullptr_t) : is_null_(true) {}

  template <std::integral Integer>
  Param(Integer value) : type_(Type::integer), integer_(static_cast<std::int64_t>(value)) {}

  /// An enum is bound as its number.
  template <typename Enum>
    requires std::is_enum_v<Enum>
  Param(Enum value) : type_(Type::integer), integer_(static_cast<std::int64_t>(value)) {}

  template <std::floating_point Real>
  Param(Real value) : type_(Type::real), real_(static_cast<double>(value)) {}

  template <typename Tag>
  Param(Id<Tag> id) : type_(Type::integer), integer_(id.value) {}

  Param(std::string_view text) : type_(Type::text), size_(text.size()), data_(text.data()) {}
  Param(std::string const& text) : Param(std::string_view(text)) {}
  Param(char const* text) : Param(std::string_view(text)) {}

  Param(Bytes bytes) : type_(Type::bytes), size_(bytes.value.size()), data_(bytes.value.data()) {}

  /// Empty is NULL of the value's type.
  template <typename Value>
  Param(std::optional<Value> const& value) : Param(value ? Param(*value) : null_of(Param(Value{}))) {}

  Type type() const { return type_; }
  bool is_null() const { return is_null_; }
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }
  /// Of text and bytes.
  std::string_view view() const { return {data_, size_}; }

  /// NULL of the same type as `other`.
  static Param null_of(Param other) {
    other.is_null_ = true;
    return other;
  }

 private:
  Type type_ = Type::unknown;
  bool is_null_ = false;
  std::size_t size_ = 0;
  union {
    std::int64_t integer_ = 0;
    double real_;
    char const* data_;
  };
};

/// An id where 0 ("none") is to be stored as NULL.
template <typename Tag>
Param or_null(Id<Tag> id) {
  return id ? Param(id) : Param::null_of(id);
}

/// invalid_argument where a text holds U+0000, which PostgreSQL cannot store.
Result<void> check_texts(std::span<Param const> params);

}  // namespace parlance::storage
