#include "http/outgoing_queue.h"

#include <algorithm>

namespace parlance::http {

void OutgoingQueue::push(SharedBuffer bytes) {
  if (bytes->empty()) return;
  bytes_ += bytes->size();
  buffers_.push_back(std::move(bytes));
}

std::size_t OutgoingQueue::gather(std::span<iovec> pieces) const {
  auto const count = std::min(pieces.size(), buffers_.size() - first_);
  for (std::size_t i = 0; i < count; ++i) {
    auto const& buffer = *buffers_[first_ + i];
    std::size_t const skipped = i == 0 ? offset_ : 0;
    pieces[i] = {const_cast<char*>(buffer.data()) + skipped, buffer.size() - skipped};
  }
  return count;
}

void OutgoingQueue::consume(std::size_t count) {
  bytes_ -= count;
  while (count > 0) {
    auto const rest = buffers_[first_]->size() - offset_;
    if (count < rest) {
      offset_ += count;
      break;
    }
    count -= rest;
    offset_ = 0;
    buffers_[first_++].reset();
  }
  compact();
}

void OutgoingQueue::compact() {
  if (bytes_ == 0) return clear();
  if (first_ < 64 || first_ * 2 < buffers_.size()) return;
  buffers_.erase(buffers_.begin(), buffers_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

void OutgoingQueue::drop_unbegun() {
  if (offset_ == 0) return clear();
  buffers_.resize(first_ + 1);
  bytes_ = buffers_[first_]->size() - offset_;
}

void OutgoingQueue::clear() {
  std::vector<SharedBuffer>().swap(buffers_);
  first_ = offset_ = bytes_ = 0;
}

}  // namespace parlance::http
