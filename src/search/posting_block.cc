#include "search/posting_block.h"

#include <optional>

namespace parlance::search {

namespace {

constexpr FieldBits kStoredFields = bit_of(TextField::subject) | bit_of(TextField::summary) | bit_of(TextField::tags);

// The stored bits are those of the enum with the one of chats, which is never set, squeezed out.
constexpr std::uint64_t pack(FieldBits fields) { return (fields & 3U) | ((fields & 8U) >> 1U); }
constexpr FieldBits unpack(std::uint64_t bits) { return static_cast<FieldBits>((bits & 3U) | ((bits & 4U) << 1U)); }
static_assert(unpack(pack(kStoredFields)) == kStoredFields);

void put(std::uint64_t value, std::string& data) {
  for (; value >= 0x80; value >>= 7U) data += static_cast<char>((value & 0x7FU) | 0x80U);
  data += static_cast<char>(value);
}

std::optional<std::uint64_t> take(std::string_view& data) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 63 && !data.empty(); shift += 7) {
    auto const byte = static_cast<unsigned char>(data.front());
    data.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string encode_block(std::vector<Posting> const& postings) {
  std::string data;
  data.reserve(postings.size() * 3);
  std::uint32_t next = postings.empty() ? 0 : postings.front().slot / kBlockSlots * kBlockSlots;
  for (auto const& posting : postings) {
    put(posting.slot - next, data);
    put((static_cast<std::uint64_t>(posting.chats) << 3U) | pack(posting.fields), data);
    next = posting.slot + 1;
  }
  return data;
}

void decode_block(std::int64_t block, std::string_view data, std::vector<Posting>& postings) {
  auto next = static_cast<std::uint64_t>(block) * kBlockSlots;
  auto const end = next + kBlockSlots;
  while (!data.empty()) {
    auto const skipped = take(data);
    auto const held = take(data);
    if (!skipped || !held || *skipped >= end - next) return;
    auto const slot = next + *skipped;
    postings.push_back({static_cast<std::uint32_t>(slot), static_cast<std::uint32_t>(*held >> 3U), unpack(*held & 7U)});
    next = slot + 1;
  }
}

}  // namespace parlance::search
