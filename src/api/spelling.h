#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

/// How each dialect writes the one integer that an entity has. Every spelling is exact: one text per id, and nothing
/// else parses. Parsers give empty for what is not such a spelling; ids are positive.
namespace parlance::api {

/// "room_2s" and the like: a prefix and base 36.
std::string spell_room(ConversationId id);
std::string spell_message(MessageId id);
std::string spell_notification(NotificationId id);
std::string spell_tenant(TenantId id);
std::string spell_user(UserId id);
std::string spell_delivery(std::int64_t id);  ///< "delivery_…": messages that were not delivered
std::string spell_job(JobId id);              ///< "job_…"

std::optional<ConversationId> parse_room(std::string_view text);
std::optional<MessageId> parse_message(std::string_view text);
std::optional<NotificationId> parse_notification(std::string_view text);
std::optional<TenantId> parse_tenant(std::string_view text);
std::optional<UserId> parse_user(std::string_view text);
std::optional<std::int64_t> parse_delivery(std::string_view text);
std::optional<JobId> parse_job(std::string_view text);

/// A positive decimal integer without leading zeros.
std::string spell_decimal(std::int64_t id);
std::optional<std::int64_t> parse_decimal(std::string_view text);

/// Structchat: type digit, 'O' minus the number of hex digits, lower-case hex digits. "0" is "none" (id 0).
enum class StructType { chat = 1, thread = 2, channel = 3, user = 4, org = 5, feed = 6 };
std::string spell_struct(StructType type, std::int64_t id);
std::optional<std::int64_t> parse_struct(StructType type, std::string_view text);
/// The type of a well-formed id other than "0".
std::optional<StructType> struct_type_of(std::string_view text);

/// Anytype: CIDv1, base32 lower case, dag-cbor, identity multihash over a type byte and the id, 8 bytes big-endian.
/// The numbers are in ids that clients keep.
enum class CidType : std::uint8_t { space = 1, conversation = 2, message = 3, user = 4, file = 5, member = 6 };
std::string spell_cid(CidType type, std::int64_t id);
std::optional<std::int64_t> parse_cid(CidType type, std::string_view text);

/// For places that take whatever any dialect wrote.
std::optional<ConversationId> parse_any_conversation(std::string_view text);  ///< room_…, decimal, 2…/3…, CID
std::optional<MessageId> parse_any_message(std::string_view text);            ///< msg_…, decimal, 1…, CID
std::optional<SpaceId> parse_any_space(std::string_view text);                ///< decimal, CID
std::optional<TenantId> parse_any_tenant(std::string_view text);              ///< tenant_…, decimal, 5…

}  // namespace parlance::api
