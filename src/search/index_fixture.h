#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/event.h"
#include "search/index.h"
#include "storage/testing.h"

namespace parlance::search {

/// For tests: an index over a fresh database on each engine, and messages written as core/ writes them.
class IndexTest : public storage::EngineTest {
 protected:
  static constexpr ConversationId kRoom{10};
  static constexpr std::chrono::seconds kPatience{20};

  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    directory_ = storage::testing_detail::make_directory();
    writer_ = must(database()->connect(storage::Access::read_write));
    reader_ = must(database()->connect(storage::Access::read_only));
    tenant_ = add_tenant("first");
    open_index();
  }

  void TearDown() override {
    index_.reset();
    std::filesystem::remove_all(directory_);
  }

  template <typename T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }

  void open_index() {
    index_ = must(MessageIndex::open(*database(), {.directory = directory_, .patience = kPatience}));
  }
  void close_index() { index_.reset(); }
  MessageIndex& index() { return *index_; }
  std::string file() const { return directory_ + "/search.db"; }
  TenantId tenant() const { return tenant_; }

  template <typename Verb>
  auto commit(Verb verb) {
    must(writer_->begin());
    storage::Transaction transaction(*writer_);
    auto result = must(verb(transaction));
    must(writer_->commit());
    return result;
  }

  std::int64_t execute(std::string_view sql, std::vector<storage::Param> const& params = {}) {
    return commit([&](storage::Transaction& tx) { return tx.execute(sql, params); });
  }

  TenantId add_tenant(std::string const& name) {
    return commit([&](storage::Transaction& tx) {
      return tx.one(
          "INSERT INTO tenants (name, rate_limit, realtime_secret, created_at) VALUES ($1, 0, $2, 1) RETURNING id",
          {name, storage::Bytes{"x"}}, [](auto& row) { return row.template id<TenantId>(0); });
    });
  }

  MessageId send(std::string_view text, ConversationId conversation = kRoom) {
    return send_as(tenant_, text, conversation);
  }

  MessageId send_as(TenantId tenant, std::string_view text, ConversationId conversation) {
    return commit([&](storage::Transaction& tx) -> Result<MessageId> {
      auto const id = TRY(tx.one(
          "INSERT INTO messages (tenant_id, conversation_id, seq, added_offset, sender_id, text, created_at)"
          " VALUES ($1, $2, $3, $3, 1, $4, 1) RETURNING id",
          {tenant, conversation, ++seqs_[{tenant, conversation}], text}, [](auto& row) { return row.integer(0); }));
      TRY(add_event(tx, tenant, conversation, MessageId{id}, model::EventKind::message_added));
      return MessageId{id};
    });
  }

  void edit(MessageId id, std::string_view text, ConversationId conversation = kRoom) {
    commit([&](storage::Transaction& tx) -> Result<std::int64_t> {
      TRY(tx.execute("UPDATE messages SET text = $1, edited_at = 2 WHERE id = $2", {text, id}));
      return add_event(tx, tenant_, conversation, id, model::EventKind::message_edited);
    });
  }

  void remove(MessageId id, ConversationId conversation = kRoom) {
    commit([&](storage::Transaction& tx) -> Result<std::int64_t> {
      TRY(tx.execute("UPDATE messages SET text = '', deleted_at = 2 WHERE id = $1", {id}));
      return add_event(tx, tenant_, conversation, id, model::EventKind::message_deleted);
    });
  }

  Query query(std::string_view text, std::vector<ConversationId> conversations = {kRoom}) const {
    return {.tenant = tenant_, .terms = parse_query(text), .conversations = std::move(conversations)};
  }

  Result<Hits> search(Query const& query) { return search_in(*reader_, query); }

  Result<Hits> search_in(storage::Connection& connection, Query const& query) {
    must(connection.begin());
    storage::Transaction log(connection);
    auto result = index_->search(log, query);
    connection.rollback();
    return result;
  }

  /// The texts of the hits with a bar between.
  std::string found(Query const& query) {
    auto const result = search(query);
    if (!result) return "error: " + result.error().message;
    std::string texts;
    for (auto const& hit : result->hits) texts += (texts.empty() ? "" : "|") + hit.highlight.text;
    return texts + (result->has_more ? "|…" : "");
  }
  std::string found(std::string_view text) { return found(query(text)); }

 private:
  Result<std::int64_t> add_event(storage::Transaction& tx, TenantId tenant, ConversationId conversation, MessageId id,
                                 model::EventKind kind) {
    return tx.execute(
        "INSERT INTO events (tenant_id, conversation_id, position, kind, message_id, actor_id, created_at)"
        " VALUES ($1, $2, $3, $4, $5, 1, $6)",
        {tenant, conversation, ++offsets_[{tenant, conversation}], kind, id, tx.now()});
  }

  using Stream = std::pair<TenantId, ConversationId>;

  std::string directory_;
  std::unique_ptr<storage::Connection> writer_;
  std::unique_ptr<storage::Connection> reader_;
  TenantId tenant_;
  std::map<Stream, std::int64_t> seqs_;
  std::map<Stream, std::int64_t> offsets_;
  std::unique_ptr<MessageIndex> index_;
};

}  // namespace parlance::search
