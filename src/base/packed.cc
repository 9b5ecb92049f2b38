#include "base/packed.h"

namespace parlance {

void PackedWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

PackedWriter& PackedWriter::number(std::uint32_t field, std::int64_t value) {
  return value == 0 ? *this : item(field, value);
}

PackedWriter& PackedWriter::text(std::uint32_t field, std::string_view value) {
  return value.empty() ? *this : item(field, value);
}

PackedWriter& PackedWriter::item(std::uint32_t field, std::int64_t value) {
  varint(std::uint64_t{field} << 1);
  varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  return *this;
}

PackedWriter& PackedWriter::item(std::uint32_t field, std::string_view value) {
  varint(std::uint64_t{field} << 1 | 1);
  varint(value.size());
  bytes_ += value;
  return *this;
}

bool PackedReader::varint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    auto const byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool PackedReader::next() {
  if (rest_.empty() || has_failed_) return false;
  std::uint64_t head = 0;
  std::uint64_t value = 0;
  has_failed_ = !varint(head) || !varint(value) || (head >> 1) > UINT32_MAX;
  if (has_failed_) return false;
  field_ = static_cast<std::uint32_t>(head >> 1);
  number_ = 0;
  text_ = {};
  if ((head & 1) == 0) {
    number_ = static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
    return true;
  }
  has_failed_ = value > rest_.size();
  if (has_failed_) return false;
  text_ = rest_.substr(0, value);
  rest_.remove_prefix(value);
  return true;
}

}  // namespace parlance
