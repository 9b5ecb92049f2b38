#pragma once

#include <cstddef>

namespace parlance::core {

/// Sizes in bytes unless said. Over any of them is an invalid_argument naming the field.
inline constexpr std::size_t kMaxTextBytes = 65'536;  ///< of one message
inline constexpr std::size_t kMaxMetaBytes = 16'384;
inline constexpr std::size_t kMaxMarksBytes = 65'536;
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxDescriptionBytes = 4'096;
inline constexpr std::size_t kMaxExternalIdBytes = 255;
inline constexpr std::size_t kMaxEmojiBytes = 64;
inline constexpr std::size_t kMaxReactionsPerMessage = 500;  ///< rows: distinct (user, emoji)
inline constexpr std::size_t kMaxAttachments = 20;
inline constexpr std::size_t kMaxMembersPerCall = 1'000;
inline constexpr std::size_t kMaxIdempotencyKeyBytes = 255;
inline constexpr std::size_t kMaxTopicBytes = 255;
inline constexpr std::size_t kMaxPayloadBytes = 65'536;

}  // namespace parlance::core
