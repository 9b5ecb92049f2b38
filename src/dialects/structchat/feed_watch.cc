#include "dialects/structchat/feed_watch.h"

#include <algorithm>

namespace parlance::structchat {

void FeedWatch::begin(FeedRequest const& request, std::int64_t position) {
  ++generation_;
  feed_ = request.feed;
  is_ready_ = false;
  position_ = position;
  missed_.clear();
  known_.clear();
  for (auto const thread : request.threads) known_.emplace(thread, 0);
}

void FeedWatch::ready(std::vector<ConversationId> const& missed) {
  is_ready_ = true;
  missed_.assign(missed.begin(), missed.end());
}

void FeedWatch::reset(MovedLog const& log) {
  position_ = log.end();
  missed_.clear();
}

std::vector<ConversationId> FeedWatch::take(MovedLog const& log, std::size_t most) {
  auto const count = static_cast<std::ptrdiff_t>(std::min(most, missed_.size()));
  std::vector<ConversationId> threads(missed_.begin(), missed_.begin() + count);
  missed_.erase(missed_.begin(), missed_.begin() + count);
  if (!missed_.empty()) return threads;
  auto const stretch = log.read(position_, most - threads.size());
  position_ = stretch.next;
  threads.insert(threads.end(), stretch.threads.begin(), stretch.threads.end());
  return threads;
}

void FeedWatch::put_back(std::vector<ConversationId> const& threads) {
  missed_.insert(missed_.begin(), threads.begin(), threads.end());
}

bool FeedWatch::tell(ConversationId thread, Timestamp active_at) {
  if (known_.size() >= kMostKnown && !known_.contains(thread)) known_.clear();
  auto& told = known_[thread];
  if (told == active_at) return false;
  told = active_at;
  return true;
}

}  // namespace parlance::structchat
