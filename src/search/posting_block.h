#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/thread_query.h"

namespace parlance::search {

/// A set of TextFields.
using FieldBits = std::uint8_t;

constexpr FieldBits bit_of(TextField field) { return static_cast<FieldBits>(1U << static_cast<unsigned>(field)); }

/// That a thread holds a term.
struct Posting {
  std::uint32_t slot = 0;
  std::uint32_t chats = 0;  ///< in how many of its messages
  FieldBits fields = 0;     ///< subject, summary and tags; whether it is in chats, `chats` tells

  bool empty() const { return chats == 0 && fields == 0; }
  friend bool operator==(Posting const&, Posting const&) = default;
};

/// A row of thread_postings holds those of so many slots side by side, and rows of the same slots lie side by side.
/// OPTIMIZATION: what is written of late is of late threads, so a step of the indexer changes few pages: rows of the
/// same term side by side were a page to write for each.
inline constexpr std::uint32_t kBlockSlots = 1024;

/// Of ascending postings of one block: for each the distance of the slot from the one before, less one, and
/// `chats * 8 + fields`, as varints.
std::string encode_block(std::vector<Posting> const& postings);

/// Appends what `data` holds of block number `block`. What is no such data ends the list.
void decode_block(std::int64_t block, std::string_view data, std::vector<Posting>& postings);

}  // namespace parlance::search
