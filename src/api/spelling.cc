#include "api/spelling.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"

namespace parlance::api {
namespace {

constexpr std::string_view kRoom = "room_";
constexpr std::string_view kMessage = "msg_";
constexpr std::string_view kNotification = "notif_";
constexpr std::string_view kTenant = "tenant_";
constexpr std::string_view kUser = "user_";
constexpr std::string_view kDelivery = "delivery_";
constexpr std::string_view kJob = "job_";

std::string spell_prefixed(std::string_view prefix, std::int64_t id) { return std::string(prefix) + to_base36(id); }

std::optional<std::int64_t> parse_prefixed(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  auto const id = parse_base36(text.substr(prefix.size()));
  return id && *id > 0 ? id : std::nullopt;
}

template <class IdType>
std::optional<IdType> as_id(std::optional<std::int64_t> value) {
  return value && *value > 0 ? std::optional(IdType{*value}) : std::nullopt;
}

template <class First, class... More>
std::optional<std::int64_t> first_of(First first, More... more) {
  if (auto found = first()) return found;
  if constexpr (sizeof...(more) == 0) {
    return std::nullopt;
  } else {
    return first_of(more...);
  }
}

/// More digits would need a character that is no letter.
constexpr std::size_t kStructDigits = 14;

std::optional<std::int64_t> parse_struct_number(std::string_view text) {
  if (text.size() < 3 || text.size() > 2 + kStructDigits) return std::nullopt;
  auto const digits = text.substr(2);
  if (text[1] != static_cast<char>('O' - static_cast<int>(digits.size()))) return std::nullopt;
  if (digits[0] == '0' || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  std::int64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id, 16);
  return id;
}

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kCidBytes = 13;
constexpr std::size_t kCidCharacters = 1 + (kCidBytes * 8 + 4) / 5;
/// Version 1, dag-cbor, identity multihash, nine bytes of it.
constexpr std::array<unsigned char, 4> kCidHead = {0x01, 0x71, 0x00, 0x09};

}  // namespace

std::string spell_room(ConversationId id) { return spell_prefixed(kRoom, id.value); }
std::string spell_message(MessageId id) { return spell_prefixed(kMessage, id.value); }
std::string spell_notification(NotificationId id) { return spell_prefixed(kNotification, id.value); }
std::string spell_tenant(TenantId id) { return spell_prefixed(kTenant, id.value); }
std::string spell_user(UserId id) { return spell_prefixed(kUser, id.value); }
std::string spell_delivery(std::int64_t id) { return spell_prefixed(kDelivery, id); }
std::string spell_job(JobId id) { return spell_prefixed(kJob, id.value); }

std::optional<ConversationId> parse_room(std::string_view text) {
  return as_id<ConversationId>(parse_prefixed(kRoom, text));
}
std::optional<MessageId> parse_message(std::string_view text) {
  return as_id<MessageId>(parse_prefixed(kMessage, text));
}
std::optional<NotificationId> parse_notification(std::string_view text) {
  return as_id<NotificationId>(parse_prefixed(kNotification, text));
}
std::optional<TenantId> parse_tenant(std::string_view text) { return as_id<TenantId>(parse_prefixed(kTenant, text)); }
std::optional<UserId> parse_user(std::string_view text) { return as_id<UserId>(parse_prefixed(kUser, text)); }
std::optional<std::int64_t> parse_delivery(std::string_view text) { return parse_prefixed(kDelivery, text); }
std::optional<JobId> parse_job(std::string_view text) { return as_id<JobId>(parse_prefixed(kJob, text)); }

std::string spell_decimal(std::int64_t id) { return std::to_string(id); }

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  if (text.empty() || text[0] < '1' || text[0] > '9') return std::nullopt;
  return parse_integer(text);
}

std::string spell_struct(StructType type, std::int64_t id) {
  if (id == 0) return "0";
  auto const digits = fmt::format("{:x}", id);
  return fmt::format("{}{}{}", static_cast<int>(type), static_cast<char>('O' - static_cast<int>(digits.size())),
                     digits);
}

std::optional<std::int64_t> parse_struct(StructType type, std::string_view text) {
  if (text == "0") return 0;
  return struct_type_of(text) == type ? parse_struct_number(text) : std::nullopt;
}

std::optional<StructType> struct_type_of(std::string_view text) {
  if (text.empty() || text[0] < '1' || text[0] > '6' || !parse_struct_number(text)) return std::nullopt;
  return static_cast<StructType>(text[0] - '0');
}

std::string spell_cid(CidType type, std::int64_t id) {
  std::string bytes(kCidHead.begin(), kCidHead.end());
  bytes += static_cast<char>(type);
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((id >> shift) & 0xff);

  std::string text = "b";
  unsigned buffer = 0;
  int bits = 0;
  for (unsigned char const byte : bytes) {
    buffer = buffer << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += kBase32[buffer >> (bits - 5) & 31];
  }
  return text + kBase32[buffer << (5 - bits) & 31];
}

std::optional<std::int64_t> parse_cid(CidType type, std::string_view text) {
  if (text.size() != kCidCharacters || text[0] != 'b') return std::nullopt;
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (char const character : text.substr(1)) {
    auto const digit = kBase32.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    buffer = buffer << 5 | static_cast<unsigned>(digit);
    bits += 5;
    if (bits >= 8) bytes += static_cast<char>(buffer >> (bits -= 8) & 0xff);
  }
  bool const has_stray_bits = (buffer & ((1U << bits) - 1)) != 0;
  if (has_stray_bits || !bytes.starts_with(std::string(kCidHead.begin(), kCidHead.end()))) return std::nullopt;
  if (static_cast<CidType>(bytes[kCidHead.size()]) != type) return std::nullopt;
  std::uint64_t id = 0;
  for (unsigned char const byte : bytes.substr(kCidHead.size() + 1)) id = id << 8 | byte;
  auto const value = static_cast<std::int64_t>(id);
  return value > 0 ? std::optional(value) : std::nullopt;
}

std::optional<ConversationId> parse_any_conversation(std::string_view text) {
  return as_id<ConversationId>(first_of(
      [&] { return parse_prefixed(kRoom, text); }, [&] { return parse_decimal(text); },
      [&] { return parse_struct(StructType::thread, text); }, [&] { return parse_struct(StructType::channel, text); },
      [&] { return parse_cid(CidType::conversation, text); }));
}

std::optional<MessageId> parse_any_message(std::string_view text) {
  return as_id<MessageId>(first_of([&] { return parse_prefixed(kMessage, text); }, [&] { return parse_decimal(text); },
                                   [&] { return parse_struct(StructType::chat, text); },
                                   [&] { return parse_cid(CidType::message, text); }));
}

std::optional<SpaceId> parse_any_space(std::string_view text) {
  return as_id<SpaceId>(first_of([&] { return parse_decimal(text); }, [&] { return parse_cid(CidType::space, text); }));
}

std::optional<TenantId> parse_any_tenant(std::string_view text) {
  return as_id<TenantId>(first_of([&] { return parse_prefixed(kTenant, text); }, [&] { return parse_decimal(text); },
                                  [&] { return parse_struct(StructType::org, text); }));
}

}  // namespace parlance::api
