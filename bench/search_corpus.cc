#include "search_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>

using parlance::ConversationId;
using parlance::Result;
using parlance::TenantId;
using parlance::UserId;
namespace storage = parlance::storage;

namespace {

constexpr int kUsers = 200;
constexpr std::int64_t kAliveThreads = 300;
constexpr std::int64_t kTransaction = 20'000;
constexpr std::int64_t kStart = 1'700'000'000'000'000;
constexpr std::int64_t kStep = 2'000'000;  // microseconds from message to message

constexpr std::string_view kOnsets[] = {"b", "br", "c", "ch", "d", "dr", "f",  "g", "gr", "h",  "k", "l",
                                        "m", "n",  "p", "pl", "r", "s",  "st", "t", "tr", "th", "v", "w"};
constexpr std::string_view kVowels[] = {"a", "e", "i", "o", "u", "ai", "ea", "io", "ou"};
constexpr std::string_view kCodas[] = {"", "", "", "n", "r", "s", "t", "l", "ng", "m", "ck"};

template <std::size_t size>
std::string_view pick(std::string_view const (&from)[size], std::mt19937_64& random) {
  return from[random() % size];
}

}  // namespace

Corpus::Corpus() {
  std::set<std::string> seen;
  while (words_.size() < kWords) {
    // Frequent words are short.
    auto const syllables =
        1 + random_() % (words_.size() < 100 ? 1 : (words_.size() < 3'000 ? 2 : 3)) + (words_.size() < 3'000 ? 0 : 1);
    std::string word;
    for (std::size_t i = 0; i < syllables; ++i)
      word.append(pick(kOnsets, random_)).append(pick(kVowels, random_)).append(pick(kCodas, random_));
    if (seen.insert(word).second) words_.push_back(std::move(word));
  }
  std::vector<double> weights;
  for (int rank = 0; rank < kWords; ++rank) weights.push_back(1.0 / (rank + 1.7));
  distribution_ = std::discrete_distribution<int>(weights.begin(), weights.end());
}

std::string Corpus::chat() {
  std::string text;
  auto const count = 3 + number(19);
  for (std::uint32_t i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + any_word();
  return text;
}

CorpusWriter::CorpusWriter(storage::Database& database, Corpus& corpus, std::int64_t chats_per_thread)
    : corpus_(corpus),
      chats_per_thread_(chats_per_thread),
      connection_(must(database.connect(storage::Access::read_write))) {
  must(connection_->script("PRAGMA synchronous = OFF"));
  is_full_ = find_tenant();
  if (!is_full_) make_tenant();
}

bool CorpusWriter::find_tenant() {
  must(connection_->begin());
  storage::Transaction tx(*connection_);
  auto const found = must(tx.first("SELECT id FROM tenants WHERE name = 'bench'", {},
                                   [](storage::Row const& row) { return row.id<TenantId>(0); }));
  if (found) tenant_ = *found;
  must(tx.each("SELECT id, kind FROM conversations WHERE tenant_id = $1 ORDER BY id", {tenant_},
               [&](storage::Row const& row) {
                 (row.integer(1) == 5 ? threads_ : channels_).push_back(row.id<ConversationId>(0));
               }));
  connection_->rollback();
  return found.has_value();
}

void CorpusWriter::make_tenant() {
  must(connection_->begin());
  storage::Transaction tx(*connection_);
  tenant_ =
      must(tx.one("INSERT INTO tenants (name, rate_limit, realtime_secret, created_at) VALUES ('bench', 0, $1, 1)"
                  " RETURNING id",
                  {storage::Bytes{"x"}}, [](storage::Row const& row) { return row.id<TenantId>(0); }));
  for (int i = 0; i < Corpus::kChannels; ++i) channels_.push_back(make_conversation(tx, 2, 2, "", corpus_.any_word()));
  must(connection_->commit());
}

ConversationId CorpusWriter::make_conversation(storage::Transaction& tx, int kind, int access, std::string_view subject,
                                               std::string_view summary) {
  auto const at = kStart + sent_ * kStep;
  return must(tx.one(
      "INSERT INTO conversations (tenant_id, space_id, kind, access, subject, summary, epoch, created_by, created_at,"
      " updated_at) VALUES ($1, 1, $2, $3, $4, $5, 1, $6, $7, $7) RETURNING id",
      {tenant_, kind, access, subject, summary, corpus_.number(kUsers) + 1, at},
      [](storage::Row const& row) { return row.id<ConversationId>(0); }));
}

void CorpusWriter::make_thread(storage::Transaction& tx) {
  auto const id = make_conversation(tx, 5, 3, corpus_.chat().substr(0, 60), corpus_.chat());
  must(tx.execute("INSERT INTO conversation_parents (tenant_id, conversation_id, parent_id) VALUES ($1, $2, $3)",
                  {tenant_, id, channels_[corpus_.number(Corpus::kChannels)]}));
  for (auto tags = corpus_.number(4); tags > 0; --tags) {
    must(
        tx.execute("INSERT INTO tags (tenant_id, conversation_id, tag, created_at) VALUES ($1, $2, $3, 1)"
                   " ON CONFLICT DO NOTHING",
                   {tenant_, id, corpus_.word(100 + corpus_.number(500))}));
  }
  threads_.push_back(id);
  seqs_.push_back(0);
}

void CorpusWriter::send(storage::Transaction& tx) {
  if (sent_ % chats_per_thread_ == 0) make_thread(tx);
  auto const count = static_cast<std::int64_t>(threads_.size());
  auto const alive = corpus_.number(20) == 0 ? count : std::min(count, kAliveThreads);
  auto const at = static_cast<std::size_t>(count - 1 - corpus_.number(static_cast<std::uint32_t>(alive)));
  auto const thread = threads_[at];
  auto const seq = ++seqs_[at];
  auto const moment = kStart + sent_++ * kStep;
  auto const sender = corpus_.number(kUsers) + 1;
  auto const message = must(tx.one(
      "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, created_at)"
      " VALUES ($1, $2, $3, $3, $4, $5, $6) RETURNING id",
      {tenant_, thread, seq, sender, corpus_.chat(), moment}, [](storage::Row const& row) { return row.integer(0); }));
  must(
      tx.execute("INSERT INTO events (tenant_id, conversation_id, position, kind, message_id, seq, actor_id,"
                 " created_at) VALUES ($1, $2, $3, 1, $4, $3, $5, $6)",
                 {tenant_, thread, seq, message, sender, moment}));
  must(tx.execute("UPDATE conversations SET last_seq = $3, last_message_at = $4 WHERE tenant_id = $1 AND id = $2",
                  {tenant_, thread, seq, moment}));
  must(
      tx.execute("INSERT INTO thread_authors (tenant_id, conversation_id, user_id) VALUES ($1, $2, $3)"
                 " ON CONFLICT DO NOTHING",
                 {tenant_, thread, sender}));
}

void CorpusWriter::write(std::int64_t messages) {
  for (std::int64_t written = 0; written < messages;) {
    auto const batch = std::min(kTransaction, messages - written);
    must(connection_->begin());
    storage::Transaction tx(*connection_);
    for (std::int64_t i = 0; i < batch; ++i) send(tx);
    must(connection_->commit());
    written += batch;
    fmt::print(stderr, "\rwriting messages: {:3}%", written * 100 / messages);
  }
  fmt::print(stderr, "\r{:40}\r", "");
}
