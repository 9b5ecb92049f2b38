#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "storage/database.h"
#include "storage/transaction.h"

/// The texts that searches are measured on, the same in every run: words of syllables, as frequent as in a natural
/// language (the second half as often as the first, the third a third…).
class Corpus {
 public:
  static constexpr int kWords = 60'000;
  static constexpr int kChannels = 50;

  Corpus();

  std::string const& word(std::size_t rank) const { return words_[rank]; }

  /// By its frequency.
  std::string const& any_word() { return words_[rank()]; }
  std::size_t rank() { return static_cast<std::size_t>(distribution_(random_)); }
  std::uint32_t number(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  /// 3 to 21 words, 12 on average.
  std::string chat();

 private:
  std::mt19937_64 random_{20'251'125};
  std::vector<std::string> words_;
  std::discrete_distribution<int> distribution_;
};

/// Writes a tenant with channels, and threads with chats, as the log of a server would hold them: at any time some
/// hundred threads are alive, and now and then an old one is answered.
class CorpusWriter {
 public:
  CorpusWriter(parlance::storage::Database& database, Corpus& corpus, std::int64_t chats_per_thread);

  parlance::TenantId tenant() const { return tenant_; }
  std::vector<parlance::ConversationId> const& channels() const { return channels_; }
  std::vector<parlance::ConversationId> const& threads() const { return threads_; }

  /// Whether the database was made by an earlier run, and is to be taken as it is.
  bool is_full() const { return is_full_; }

  /// Adds messages with their events; tells of its progress on stderr.
  void write(std::int64_t messages);

 private:
  void make_tenant();
  bool find_tenant();
  parlance::ConversationId make_conversation(parlance::storage::Transaction& tx, int kind, int access,
                                             std::string_view subject, std::string_view summary);
  void make_thread(parlance::storage::Transaction& tx);
  void send(parlance::storage::Transaction& tx);

  Corpus& corpus_;
  std::int64_t chats_per_thread_;
  std::unique_ptr<parlance::storage::Connection> connection_;
  parlance::TenantId tenant_;
  std::vector<parlance::ConversationId> channels_;
  std::vector<parlance::ConversationId> threads_;
  std::vector<std::int64_t> seqs_;  // by thread
  std::int64_t sent_ = 0;
  bool is_full_ = false;
};

/// The value, or the end of the program.
template <typename T>
T must(parlance::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}
