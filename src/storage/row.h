#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parlance::storage {

/// One row of a result, valid only inside the call that it is handed to: copy what is to be kept. Columns count from
/// 0. NULL reads as 0, "" or none; a column of another type is converted as far as it goes.
class Row {
 public:
  virtual ~Row() = default;

  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  /// UTF-8; valid until the next getter call on the same column, at the longest until the mapper returns.
  virtual std::string_view text(int column) const = 0;
  /// The octets of a BLOB/BYTEA column.
  virtual std::string_view bytes(int column) const = 0;
  virtual bool is_null(int column) const = 0;

  bool flag(int column) const { return integer(column) != 0; }

  template <class IdType>
  IdType id(int column) const {
    return IdType{integer(column)};
  }

  /// A stored number as the enum it came from.
  template <class Enum>
  Enum as(int column) const {
    return static_cast<Enum>(integer(column));
  }

  std::optional<std::int64_t> optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }

  std::optional<std::string> optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional<std::string>(std::in_place, text(column));
  }
};

/// A callable `bool(Row const&)` that is only looked at, never kept. False ends a reading statement early.
class RowVisitor {
 public:
  template <typename Visit>
  RowVisitor(Visit& visit)
      : visit_(&visit),
        call_([](void* target, Row const& row) -> bool { return (*static_cast<Visit*>(target))(row); }) {}

  bool operator()(Row const& row) const { return call_(visit_, row); }

 private:
  void* visit_;
  bool (*call_)(void*, Row const&);
};

}  // namespace parlance::storage
