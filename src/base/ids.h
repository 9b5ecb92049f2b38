#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace parlance {

/// An integer key that cannot be passed where another entity's is meant. 0 means "none"; real ids are positive.
template <typename Tag>
struct Id {
  std::int64_t value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using TenantId = Id<struct TenantTag>;
using UserId = Id<struct UserTag>;
using SpaceId = Id<struct SpaceTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using FileId = Id<struct FileTag>;
using NotificationId = Id<struct NotificationTag>;
using JobId = Id<struct JobTag>;
using TokenId = Id<struct TokenTag>;

}  // namespace parlance

template <typename Tag>
struct std::hash<parlance::Id<Tag>> {
  std::size_t operator()(parlance::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
