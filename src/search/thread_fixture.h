#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/conversation.h"
#include "search/index_fixture.h"
#include "search/thread_index.h"
#include "search/thread_query.h"

namespace parlance::search {

/// For tests: threads written as core/ writes them, and searches of them.
class ThreadIndexTest : public IndexTest {
 protected:
  static constexpr UserId kAnn{1};
  static constexpr UserId kBob{2};

  struct NewThread {
    std::string subject;
    std::string summary;
    std::vector<ConversationId> channels;
    std::vector<std::string> tags;
    model::ConversationKind kind = model::ConversationKind::thread;
    model::Access access = model::Access::tenant;
    std::int64_t at = 1'000'000;  ///< microseconds
  };

  ConversationId add_thread(NewThread const& thread) { return add_thread_of(tenant(), thread); }

  ConversationId add_thread_of(TenantId tenant, NewThread const& thread) {
    return commit([&](storage::Transaction& tx) -> Result<ConversationId> {
      auto const id = TRY(
          tx.one("INSERT INTO conversations (tenant_id, space_id, kind, access, subject, summary, epoch, created_by,"
                 " created_at, updated_at) VALUES ($1, 1, $2, $3, $4, $5, 1, $6, $7, $7) RETURNING id",
                 {tenant, thread.kind, thread.access, thread.subject, thread.summary, kAnn, thread.at},
                 [](auto& row) { return row.template id<ConversationId>(0); }));
      for (auto const channel : thread.channels)
        TRY(tx.execute("INSERT INTO conversation_parents (tenant_id, conversation_id, parent_id) VALUES ($1, $2, $3)",
                       {tenant, id, channel}));
      for (auto const& tag : thread.tags)
        TRY(tx.execute("INSERT INTO tags (tenant_id, conversation_id, tag, created_at) VALUES ($1, $2, $3, 1)",
                       {tenant, id, tag}));
      return id;
    });
  }

  /// A thread by its first chat.
  ConversationId thread_with(std::string_view chat) {
    auto const id = add_thread({});
    chat_in(id, chat);
    return id;
  }

  MessageId chat_in(ConversationId thread, std::string_view text) {
    execute("UPDATE conversations SET last_seq = last_seq + 1 WHERE id = $1", {thread});
    return send(text, thread);
  }

  /// Every field, as the default of query_by.
  ThreadQuery asking(std::string_view text) const {
    ThreadQuery query;
    query.tenant = tenant();
    query.scope.sees_all = true;
    query.terms = parse_query(text);
    query.fields = {{TextField::subject, 3}, {TextField::summary, 2}, {TextField::chats, 1}, {TextField::tags, 1}};
    query.sort = {{}};
    return query;
  }

  ThreadQuery asking_all() const {
    auto query = asking("");
    query.matches_all = true;
    query.sort = {{SortKey::By::column, Column::id, false}};
    return query;
  }

  static Filter where(Column column, Comparator comparator, std::vector<FilterValue> values) {
    return {Filter::Kind::comparison, {}, column, comparator, std::move(values)};
  }

  Result<ThreadHits> ask(ThreadQuery const& query) {
    auto const reader = must(database()->connect(storage::Access::read_only));
    must(reader->begin());
    storage::Transaction log(*reader);
    auto hits = index().threads().search(log, query);
    reader->rollback();
    return hits;
  }

  std::vector<DictionaryTerm> resolve(TermPattern const& pattern) {
    auto const reader = must(database()->connect(storage::Access::read_only));
    must(reader->begin());
    storage::Transaction log(*reader);
    auto terms = must(index().threads().resolve(log, tenant(), pattern));
    reader->rollback();
    return terms;
  }

  /// The ids of the hits with a space between, and of a query that skips some or has more than its page, "of <found>".
  std::string ids(ThreadQuery const& query) {
    auto const hits = ask(query);
    if (!hits) return "error: " + hits.error().message;
    std::string text;
    for (auto const& hit : hits->hits) text += (text.empty() ? "" : " ") + std::to_string(hit.thread.value);
    if (hits->found != std::ssize(hits->hits)) text += " of " + std::to_string(hits->found);
    return text;
  }
  std::string ids(std::string_view text) { return ids(asking(text)); }

  static std::string listed(std::vector<ConversationId> const& threads) {
    std::string text;
    for (auto const thread : threads) text += (text.empty() ? "" : " ") + std::to_string(thread.value);
    return text;
  }
};

}  // namespace parlance::search
