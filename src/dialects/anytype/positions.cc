#include "dialects/anytype/positions.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace parlance::anytype {
namespace {

constexpr std::string_view kDigits = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
static_assert(kDigits.size() == 64);

constexpr std::size_t kPositionDigits = 24;
constexpr std::size_t kEpochDigits = 8;

/// The last number in [0, max] whose text is not above `text`, where texts ascend with numbers from 1 on.
template <class Format>
std::int64_t last_up_to(std::string_view text, Format format) {
  std::int64_t low = 0;
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  while (low < high) {
    auto const middle = low + (high - low) / 2 + 1;
    if (std::string_view(format(middle)) <= text) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

std::optional<std::int64_t> parse_hex_number(std::string_view text) {
  std::uint64_t value = 0;
  auto const [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  bool const is_whole = error == std::errc{} && stopped == text.data() + text.size();
  bool const fits = is_whole && value <= std::numeric_limits<std::int64_t>::max();
  return fits ? std::optional(static_cast<std::int64_t>(value)) : std::nullopt;
}

}  // namespace

std::string format_order_id(std::int64_t seq) {
  std::string reversed;
  for (auto rest = static_cast<std::uint64_t>(seq); rest > 0; rest /= 64) reversed += kDigits[rest % 64];
  std::string text(1, kDigits[reversed.size()]);
  text.append(reversed.rbegin(), reversed.rend());
  return text;
}

std::int64_t last_seq_up_to(std::string_view text) { return last_up_to(text, format_order_id); }

std::int64_t first_seq_from(std::string_view text) {
  auto const last = last_seq_up_to(text);
  bool const is_exact = last > 0 && format_order_id(last) == text;
  return is_exact || last == std::numeric_limits<std::int64_t>::max() ? last : last + 1;
}

std::string format_state_id(std::int64_t offset) { return fmt::format("{:024x}", offset); }

std::int64_t last_offset_up_to(std::string_view text) { return last_up_to(text, format_state_id); }

std::string format_position(realtime::StreamPosition position) {
  return fmt::format("{:08x}{:016x}", position.epoch, position.offset);
}

std::optional<realtime::StreamPosition> parse_position(std::string_view text) {
  if (text.size() != kPositionDigits) return std::nullopt;
  auto const epoch = parse_hex_number(text.substr(0, kEpochDigits));
  auto const offset = parse_hex_number(text.substr(kEpochDigits));
  if (!epoch || !offset) return std::nullopt;
  return realtime::StreamPosition{*epoch, *offset};
}

}  // namespace parlance::anytype
