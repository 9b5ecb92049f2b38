#include "dialects/structchat/moved_log.h"

namespace parlance::structchat {

void MovedLog::add(ConversationId thread) {
  last_[thread] = end();
  threads_.push_back(thread);
  if (threads_.size() <= kMost) return;
  auto const oldest = last_.find(threads_.front());
  if (oldest->second == begin_) last_.erase(oldest);
  threads_.pop_front();
  ++begin_;
}

MovedLog::Stretch MovedLog::read(std::int64_t position, std::size_t most) const {
  Stretch stretch{.next = position};
  for (; stretch.next < end() && stretch.threads.size() < most; ++stretch.next) {
    auto const thread = threads_[static_cast<std::size_t>(stretch.next - begin_)];
    if (last_.at(thread) == stretch.next) stretch.threads.push_back(thread);
  }
  return stretch;
}

}  // namespace parlance::structchat
