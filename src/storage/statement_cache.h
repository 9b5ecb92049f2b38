#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace parlance::storage {

/// The prepared statements of one connection by their text, the least recently used leaving first. A pointer that
/// find() or insert() has returned stays good until the statement is evicted or the cache cleared; busy ones stay.
template <class Statement>
class StatementCache {
 public:
  struct Entry {
    std::string key;
    Statement statement;
    bool busy = false;  ///< in the middle of a result: neither evicted nor to be run again
  };

  explicit StatementCache(std::size_t capacity) : capacity_(capacity) {}

  std::size_t size() const { return entries_.size(); }

  /// The entry, now the most recently used; nullptr where there is none.
  Entry* find(std::string_view key) {
    auto const found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
  }

  /// Adds an entry whose key is not in the cache. Past the capacity, the oldest one that is not busy is handed to
  /// `evict(Statement&)` and forgotten.
  template <class Evict>
  Entry* insert(std::string key, Statement statement, Evict evict) {
    if (entries_.size() >= capacity_) evict_oldest(evict);
    entries_.push_front(Entry{std::move(key), std::move(statement)});
    index_.emplace(entries_.front().key, entries_.begin());
    return &entries_.front();
  }

  void clear() {
    index_.clear();
    entries_.clear();
  }

 private:
  template <class Evict>
  void evict_oldest(Evict& evict) {
    for (auto entry = entries_.end(); entry != entries_.begin();) {
      if ((--entry)->busy) continue;
      evict(entry->statement);
      index_.erase(entry->key);
      entries_.erase(entry);
      return;
    }
  }

  std::size_t capacity_;
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
};

}  // namespace parlance::storage
