#include "search/posting_deltas.h"

#include <utility>

#include "search/thread_lists.h"

namespace parlance::search {

void PostingDeltas::count(std::string_view tokens, std::uint32_t slot, std::int32_t chats) {
  ++texts_;
  each_piece(tokens, ' ', [&](std::string_view token) {
    auto& sum = of(token, slot);
    if (std::exchange(sum.text, texts_) != texts_) sum.chats += chats;
  });
}

std::vector<PostingDelta> PostingDeltas::take() {
  std::vector<PostingDelta> deltas;
  deltas.reserve(sums_.size());
  for (auto const& [key, sum] : sums_)
    if (sum.chats != 0 || sum.gained != 0 || sum.lost != 0)
      deltas.push_back({key.term, key.slot, sum.chats, sum.gained, sum.lost});
  sums_.clear();
  return deltas;
}

}  // namespace parlance::search
