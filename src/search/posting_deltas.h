#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "search/posting_block.h"

namespace parlance::search {

/// What becomes different in one posting.
struct PostingDelta {
  std::string_view term;
  std::uint32_t slot = 0;
  std::int32_t chats = 0;  ///< more of its messages hold the term, or fewer
  FieldBits gained = 0;
  FieldBits lost = 0;
};

/// Adds up what becomes different in a tenant's postings, so that each is read and written once. Keeps no text: what it
/// is given must outlive it. One thread.
class PostingDeltas {
 public:
  /// `chats` more messages of the thread, which all have this text, hold its distinct tokens; fewer where negative.
  /// `tokens` is joined as tokenize.h has it.
  void count(std::string_view tokens, std::uint32_t slot, std::int32_t chats);

  void gain(std::string_view term, std::uint32_t slot, FieldBits field) { of(term, slot).gained |= field; }
  void lose(std::string_view term, std::uint32_t slot, FieldBits field) { of(term, slot).lost |= field; }

  /// Those that are not nothing in the end, in no order.
  std::vector<PostingDelta> take();

 private:
  struct Key {
    std::string_view term;
    std::uint32_t slot = 0;
    friend bool operator==(Key const&, Key const&) = default;
  };
  struct Hash {
    std::size_t operator()(Key const& key) const {
      return std::hash<std::string_view>{}(key.term) ^ (key.slot * 0x9E3779B97F4A7C15ull);
    }
  };
  struct Sum {
    std::int32_t chats = 0;
    FieldBits gained = 0;
    FieldBits lost = 0;
    std::uint32_t text = 0;  // the last one that it was counted for
  };

  Sum& of(std::string_view term, std::uint32_t slot) { return sums_[{term, slot}]; }

  boost::unordered_flat_map<Key, Sum, Hash> sums_;
  std::uint32_t texts_ = 0;
};

}  // namespace parlance::search
