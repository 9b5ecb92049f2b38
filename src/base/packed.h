#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"

/// A compact form for what programs of different versions tell each other: numbered fields, each of which a reader may
/// not know and passes over. A field is a varint of 2 * its number (+ 1 for a text), then the value: a zigzag varint,
/// or a varint of the length and the bytes.
namespace parlance {

class PackedWriter {
 public:
  /// Zero and empty are left out: they are what the reader begins with.
  PackedWriter& number(std::uint32_t field, std::int64_t value);
  PackedWriter& text(std::uint32_t field, std::string_view value);
  template <typename Tag>
  PackedWriter& id(std::uint32_t field, Id<Tag> value) {
    return number(field, value.value);
  }

  /// Written even where it is zero or empty: an item of a list, or something that may be absent.
  PackedWriter& item(std::uint32_t field, std::int64_t value);
  PackedWriter& item(std::uint32_t field, std::string_view value);

  std::size_t size() const { return bytes_.size(); }
  std::string const& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  void varint(std::uint64_t value);

  std::string bytes_;
};

/// Walks over the fields; views into `bytes`, which may be anything.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes) : rest_(bytes) {}

  /// Goes to the next field. False at the end, or where the bytes make no sense.
  bool next();
  bool has_failed() const { return has_failed_; }

  std::uint32_t field() const { return field_; }
  /// 0 where the field is a text.
  std::int64_t number() const { return number_; }
  /// Empty where the field is a number.
  std::string_view text() const { return text_; }
  template <typename Id>
  Id id() const {
    return Id{number_};
  }

 private:
  bool varint(std::uint64_t& value);

  std::string_view rest_;
  std::uint32_t field_ = 0;
  std::int64_t number_ = 0;
  std::string_view text_;
  bool has_failed_ = false;
};

}  // namespace parlance
