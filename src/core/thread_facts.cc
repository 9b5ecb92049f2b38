#include "core/thread_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/in_list.h"
#include "core/visible_threads.h"

namespace parlance::core {

namespace {

/// Of channels' logs the newest authors are told.
constexpr std::int64_t kAuthorsOf = 500;

class FactReader {
 public:
  FactReader(storage::Transaction& tx, Caller const& caller, ThreadFactsById& facts)
      : tx_(tx), caller_(caller), facts_(facts) {}

  /// Runs `sql` with the list of threads in place of {}; `take` gets the facts of each row, whose thread is column 0.
  /// $1 is the tenant.
  template <typename Take>
  Result<void> read(std::vector<ConversationId> const& ids, std::string_view sql, Take take) {
    return read_with({caller_.tenant}, ids, sql, take);
  }

  /// The same, with the four parameters of visibility_params.
  template <typename Take>
  Result<void> read_as_user(std::vector<ConversationId> const& ids, std::string_view sql, Take take) {
    return read_with(visibility_params(caller_), ids, sql, take);
  }

 private:
  template <typename Take>
  Result<void> read_with(std::vector<storage::Param> before, std::vector<ConversationId> const& ids,
                         std::string_view sql, Take take) {
    if (ids.empty()) return {};
    InList const list(static_cast<int>(before.size()) + 1, ids);
    auto const params = list.params(std::move(before));
    return tx_.each(fmt::format(fmt::runtime(sql), list.text()), params,
                    [&](storage::Row const& row) { take(facts_.at(row.id<ConversationId>(0)), row); });
  }

  storage::Transaction& tx_;
  Caller const& caller_;
  ThreadFactsById& facts_;
};

struct IdsByShape {
  std::vector<ConversationId> all;
  std::vector<ConversationId> threads;
  std::vector<ConversationId> people;  ///< groups and direct messages
  std::vector<ConversationId> channels;
  std::vector<ConversationId> countable;
};

IdsByShape sort_out(std::vector<Encounter> const& threads) {
  IdsByShape ids;
  for (auto const& encounter : threads) {
    auto const& thread = encounter.conversation;
    ids.all.push_back(thread.id);
    if (thread.last_seq <= kCountedMessages) ids.countable.push_back(thread.id);
    switch (thread.kind) {
      case model::ConversationKind::dm:
      case model::ConversationKind::group: ids.people.push_back(thread.id); break;
      case model::ConversationKind::thread: ids.threads.push_back(thread.id); break;
      case model::ConversationKind::channel:
      case model::ConversationKind::private_channel:
      case model::ConversationKind::global_channel:
      case model::ConversationKind::stream: ids.channels.push_back(thread.id); break;
    }
  }
  return ids;
}

Result<void> read_people(FactReader& reader, IdsByShape const& ids) {
  auto const add = [](ThreadFacts& facts, storage::Row const& row) { facts.users.push_back(row.id<UserId>(1)); };
  TRY(reader.read(ids.threads,
                  "SELECT conversation_id, user_id FROM thread_authors WHERE tenant_id = $1"
                  " AND conversation_id IN {} ORDER BY user_id",
                  add));
  TRY(reader.read(ids.people,
                  "SELECT conversation_id, user_id FROM members WHERE tenant_id = $1 AND membership = 1"
                  " AND conversation_id IN {} ORDER BY user_id",
                  add));
  return reader.read(
      ids.channels,
      fmt::format("SELECT DISTINCT m.conversation_id, m.sender_id FROM conversations c JOIN messages m"
                  " ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.seq > c.last_seq - {}"
                  " WHERE c.tenant_id = $1 AND c.id IN {{}} ORDER BY m.sender_id",
                  kAuthorsOf),
      add);
}

Result<void> read_messages_of(FactReader& reader, IdsByShape const& ids) {
  TRY(reader.read(ids.countable,
                  "SELECT conversation_id, COUNT(*) FROM messages WHERE tenant_id = $1 AND deleted_at = 0"
                  " AND conversation_id IN {} GROUP BY conversation_id",
                  [](ThreadFacts& facts, storage::Row const& row) { facts.message_count = row.integer(1); }));
  return reader.read(
      ids.all,
      fmt::format("SELECT m.conversation_id, r.emoji, COUNT(*) FROM conversations c JOIN messages m"
                  " ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.seq > c.last_seq - {}"
                  " JOIN reactions r ON r.tenant_id = m.tenant_id AND r.message_id = m.id"
                  " WHERE c.tenant_id = $1 AND (m.parts & 2) <> 0 AND c.id IN {{}}"
                  " GROUP BY m.conversation_id, r.emoji ORDER BY COUNT(*) DESC, r.emoji",
                  kCountedMessages),
      [](ThreadFacts& facts, storage::Row const& row) {
        facts.reactions.push_back({std::string(row.text(1)), row.integer(2)});
      });
}

Result<void> read_places(FactReader& reader, IdsByShape const& ids) {
  TRY(reader.read_as_user(
      ids.threads,
      fmt::format("SELECT p.conversation_id, p.parent_id FROM conversation_parents p"
                  " JOIN conversations a ON a.tenant_id = p.tenant_id AND a.id = p.parent_id"
                  " LEFT JOIN members o ON o.tenant_id = a.tenant_id AND o.conversation_id = a.id"
                  " AND o.user_id = $2 WHERE p.tenant_id = $1 AND p.conversation_id IN {{}}"
                  " AND ($4 = 1 OR (a.hidden = 0 AND a.kind <> 3 AND a.access <> 1) OR o.membership = 1 OR {})"
                  " ORDER BY p.parent_id",
                  open_to_caller("a")),
      [](ThreadFacts& facts, storage::Row const& row) { facts.channels.push_back(row.id<ConversationId>(1)); }));
  // OPTIMIZATION: by the tag alone SQLite reads all of the tenant: 9 ms at 60,000 tags.
  return reader.read(ids.all,
                     "SELECT conversation_id, tag FROM tags WHERE tenant_id = $1 AND conversation_id IN {}"
                     " ORDER BY conversation_id, tag",
                     [](ThreadFacts& facts, storage::Row const& row) { facts.tags.emplace_back(row.text(1)); });
}

}  // namespace

Result<ThreadFactsById> read_thread_facts(storage::Transaction& tx, Caller const& caller,
                                          std::vector<Encounter> const& threads) {
  ThreadFactsById facts;
  for (auto const& encounter : threads) {
    facts[encounter.conversation.id].message_count = encounter.conversation.last_seq;
  }
  auto const ids = sort_out(threads);
  for (auto const id : ids.countable) facts[id].message_count = 0;
  for (auto const id : ids.channels) facts[id].channels = {id};
  FactReader reader(tx, caller, facts);
  TRY(read_people(reader, ids));
  TRY(read_messages_of(reader, ids));
  TRY(read_places(reader, ids));
  return facts;
}

}  // namespace parlance::core
