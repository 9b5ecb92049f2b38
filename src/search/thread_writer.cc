#include "search/thread_writer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "search/postgres_query.h"
#include "search/posting_writer.h"
#include "search/thread_lists.h"
#include "search/tokenize.h"

namespace parlance::search {

namespace {

constexpr TextField kToldFields[] = {TextField::subject, TextField::summary, TextField::tags};

/// A row of thread_documents.
struct Document {
  std::uint32_t slot = 0;
  bool is_new = false;
  ThreadSource source;
  std::int64_t chats = 0;
  bool texts_changed = false;

  void note_user(UserId user) {
    auto& users = source.users;
    if (!user || is_among_people(source.kind) || std::ranges::find(users, user.value) != users.end()) return;
    if (users.size() >= kMaxThreadUsers) users.erase(users.begin());
    users.push_back(user.value);
  }
};

/// What the texts of a document hold, joined as tokens.
struct ToldTexts {
  std::string subject;
  std::string summary;
  std::string tags;

  std::string const& of(TextField field) const {
    return field == TextField::subject ? subject : field == TextField::summary ? summary : tags;
  }
};

ToldTexts texts_of(ThreadSource const& source) {
  ToldTexts texts{joined_tokens(source.subject), joined_tokens(source.summary), {}};
  for (auto const& tag : source.tags) texts.tags += joined_tokens(tag);
  return texts;
}

std::set<std::string_view> distinct(std::string_view text) {
  std::set<std::string_view> tokens;
  each_piece(text, ' ', [&](std::string_view token) { tokens.insert(token); });
  return tokens;
}

Document document_from(storage::Row const& row, ThreadKey key) {
  Document document;
  document.slot = static_cast<std::uint32_t>(row.integer(0));
  document.source.key = key;
  document.source.kind = row.as<model::ConversationKind>(1);
  document.source.active_at = row.integer(2);
  document.source.has_messages = row.flag(3);
  document.chats = row.integer(4);
  document.source.subject = row.text(5);
  document.source.summary = row.text(6);
  document.source.tags = split_texts(row.text(7));
  document.source.users = split_numbers(row.text(8));
  return document;
}

/// The documents of one tenant that are written to.
class TenantWriter {
 public:
  TenantWriter(storage::Transaction& index, TenantId tenant) : index_(index), tenant_(tenant) {}

  Result<void> take(ThreadSource const& source) {
    TRY(begin());
    auto* document = TRY(find(source.key.conversation));
    if (!document) document = &add(source.key);
    note_texts(*document, source);
    auto const old = std::exchange(document->source, source);
    document->source.active_at = std::max(old.active_at, source.active_at);
    document->source.has_messages = old.has_messages || source.has_messages;
    // Of those who have written the log knows no more than the index, and perhaps fewer.
    for (auto const user : old.users)
      if (document->source.users.size() < kMaxThreadUsers) document->note_user(UserId{user});
    documents_to_replace_.insert(source.key.conversation);
    return {};
  }

  Result<void> take(ChatChange const& change) {
    auto* document = TRY(find(change.thread.conversation));
    if (!document) return {};
    TRY(begin());
    deltas_.count(change.before, document->slot, -1);
    deltas_.count(change.after, document->slot, 1);
    document->chats = std::max<std::int64_t>(document->chats + change.chats, 0);
    document->source.active_at = std::max(document->source.active_at, change.created_at);
    document->source.has_messages = true;
    document->note_user(change.sender);
    return {};
  }

  Result<void> finish() {
    if (!has_begun_) return {};
    for (auto const& [conversation, document] : documents_) {
      if (!document) continue;
      TRY(documents_to_replace_.contains(conversation) ? replace(*document) : update(*document));
    }
    TRY(index_.execute("UPDATE thread_tenants SET version = $2, slots = $3 WHERE tenant_id = $1",
                       {tenant_, version_, slots_}));
    return write_postings(index_, tenant_, deltas_.take());
  }

 private:
  Result<void> begin() {
    if (std::exchange(has_begun_, true)) return {};
    auto const found = TRY(index_.first("SELECT version, slots FROM thread_tenants WHERE tenant_id = $1", {tenant_},
                                        [&](storage::Row const& row) {
                                          version_ = row.integer(0);
                                          slots_ = row.integer(1);
                                          return true;
                                        }));
    ++version_;
    if (found) return {};
    auto const epoch = static_cast<std::int64_t>(std::random_device{}()) + 1;
    TRY(index_.execute("INSERT INTO thread_tenants (tenant_id, epoch, version, slots) VALUES ($1, $2, 0, 0)",
                       {tenant_, epoch}));
    return {};
  }

  /// Null where the conversation is no document.
  Result<Document*> find(ConversationId conversation) {
    auto const known = documents_.find(conversation);
    if (known != documents_.end()) return known->second ? &*known->second : nullptr;
    auto found = TRY(index_.first(
        "SELECT slot, kind, active_at, has_messages, chats, subject, summary, tags, users"
        " FROM thread_documents WHERE tenant_id = $1 AND conversation_id = $2",
        {tenant_, conversation}, [&](storage::Row const& row) { return document_from(row, {tenant_, conversation}); }));
    auto& kept = documents_.emplace(conversation, std::move(found)).first->second;
    return kept ? &*kept : nullptr;
  }

  Document& add(ThreadKey key) {
    auto& document = documents_[key.conversation].emplace();
    document.slot = static_cast<std::uint32_t>(slots_++);
    document.is_new = true;
    document.source.key = key;
    return document;
  }

  void note_texts(Document& document, ThreadSource const& source) {
    auto const& old = document.source;
    document.texts_changed |=
        document.is_new || old.subject != source.subject || old.summary != source.summary || old.tags != source.tags;
    if (!document.texts_changed) return;
    auto const before = texts_of(old);
    auto const after = texts_of(source);
    for (auto const field : kToldFields) {
      auto const had = distinct(before.of(field));
      auto const has = distinct(after.of(field));
      for (auto const token : has)
        if (!had.contains(token)) deltas_.gain(keep(token), document.slot, bit_of(field));
      for (auto const token : had)
        if (!has.contains(token)) deltas_.lose(keep(token), document.slot, bit_of(field));
    }
  }

  std::string_view keep(std::string_view token) { return *tokens_.emplace(token).first; }

  Result<void> update(Document const& document) {
    TRY(
        index_.execute("UPDATE thread_documents SET version = $3, active_at = $4, chats = $5, has_messages = $6,"
                       " users = $7 WHERE tenant_id = $1 AND slot = $2",
                       {tenant_, document.slot, version_, document.source.active_at, document.chats,
                        document.source.has_messages, join_numbers(document.source.users)}));
    return {};
  }

  Result<void> replace(Document const& document) {
    auto const& source = document.source;
    auto const texts = texts_of(source);
    TRY(index_.execute(
        "INSERT INTO thread_documents (tenant_id, slot, conversation_id, version, kind, access, is_removed,"
        " is_secret, space_id, provider_space_id, author_id, created_at, active_at, has_messages, is_resolved,"
        " chats, subject, summary, subject_digest, summary_digest, tags, channels, users) VALUES ($1, $2, $3, $4,"
        " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"
        " ON CONFLICT (tenant_id, slot) DO UPDATE SET version = excluded.version, kind = excluded.kind,"
        " access = excluded.access, is_removed = excluded.is_removed, is_secret = excluded.is_secret,"
        " space_id = excluded.space_id, provider_space_id = excluded.provider_space_id,"
        " author_id = excluded.author_id, created_at = excluded.created_at, active_at = excluded.active_at,"
        " has_messages = excluded.has_messages, is_resolved = excluded.is_resolved, chats = excluded.chats,"
        " subject = excluded.subject, summary = excluded.summary, subject_digest = excluded.subject_digest,"
        " summary_digest = excluded.summary_digest, tags = excluded.tags, channels = excluded.channels,"
        " users = excluded.users",
        {tenant_,
         document.slot,
         source.key.conversation,
         version_,
         source.kind,
         source.access,
         source.is_removed,
         source.is_secret,
         source.space,
         source.provider_space,
         source.author,
         source.created_at,
         source.active_at,
         source.has_messages,
         source.is_resolved,
         document.chats,
         source.subject,
         source.summary,
         digest_of(texts.subject),
         digest_of(texts.summary),
         join_texts(source.tags),
         join_numbers(source.channels),
         join_numbers(source.users)}));
    return document.texts_changed ? write_phrases(document, texts) : Result<void>{};
  }

  /// What phrases are looked for in.
  Result<void> write_phrases(Document const& document, ToldTexts const& texts) {
    auto const conversation = document.source.key.conversation;
    if (index_.engine() == storage::Engine::postgres) {
      TRY(index_.execute("UPDATE thread_documents SET words = CAST($3 AS tsvector) WHERE tenant_id = $1 AND slot = $2",
                         {tenant_, document.slot, tsvector_of(texts.subject, texts.summary, texts.tags)}));
      return {};
    }
    auto const scope = "t" + std::to_string(tenant_.value);
    TRY(
        index_.execute("INSERT OR REPLACE INTO thread_texts (rowid, scope, subject, summary, tags)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       {conversation, scope, texts.subject, texts.summary, texts.tags}));
    return {};
  }

  storage::Transaction& index_;
  TenantId tenant_;
  bool has_begun_ = false;
  std::int64_t version_ = 0;
  std::int64_t slots_ = 0;
  std::map<ConversationId, std::optional<Document>> documents_;
  std::set<ConversationId> documents_to_replace_;
  std::set<std::string, std::less<>> tokens_;  // that deltas point to
  PostingDeltas deltas_;
};

}  // namespace

Result<std::vector<ThreadKey>> ThreadWriter::to_be_read(std::vector<ThreadKey> const& changed,
                                                        std::vector<ThreadKey> const& written_to) {
  std::set<ThreadKey> keys(changed.begin(), changed.end());
  for (auto const& key : std::set<ThreadKey>(written_to.begin(), written_to.end())) {
    auto const found = TRY(index_.first("SELECT 1 FROM thread_documents WHERE tenant_id = $1 AND conversation_id = $2",
                                        {key.tenant, key.conversation}, [](auto& row) { return row.flag(0); }));
    if (!found) keys.insert(key);
  }
  return std::vector<ThreadKey>(keys.begin(), keys.end());
}

Result<void> ThreadWriter::write(std::vector<ThreadSource> const& threads, std::vector<ChatChange> const& messages) {
  std::map<TenantId, TenantWriter> tenants;
  auto const of = [&](ThreadKey const& key) -> TenantWriter& {
    return tenants.try_emplace(key.tenant, index_, key.tenant).first->second;
  };
  for (auto const& thread : threads) TRY(of(thread.key).take(thread));
  for (auto const& message : messages) TRY(of(message.thread).take(message));
  for (auto& [tenant, writer] : tenants) TRY(writer.finish());
  return {};
}

Result<void> ThreadWriter::forget(TenantId tenant) {
  for (auto const* table : {"thread_tenants", "thread_documents", "thread_postings", "thread_terms", "thread_trigrams"})
    TRY(index_.execute(std::string("DELETE FROM ") + table + " WHERE tenant_id = $1", {tenant}));
  if (index_.engine() == storage::Engine::sqlite)
    TRY(index_.execute("DELETE FROM thread_texts WHERE thread_texts MATCH $1",
                       {"scope : \"t" + std::to_string(tenant.value) + "\""}));
  return {};
}

}  // namespace parlance::search
