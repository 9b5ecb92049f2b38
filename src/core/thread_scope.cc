#include "core/thread_scope.h"

#include <fmt/format.h>

#include <string>

#include "core/visible_threads.h"
#include "model/conversation.h"
#include "model/member.h"

namespace parlance::core {

namespace {

/// OPTIMIZATION: parents are found by stepping through their index from one to the next, so that the cost grows with
/// the channels and not with the threads in them. $1..$3 as in open_to_caller().
std::string const& select_open_parents() {
  static std::string const kSql = fmt::format(
      "WITH RECURSIVE parents (id) AS (SELECT MIN(p.parent_id) FROM conversation_parents p WHERE p.tenant_id = $1"
      " UNION ALL SELECT (SELECT MIN(p.parent_id) FROM conversation_parents p WHERE p.tenant_id = $1"
      " AND p.parent_id > parents.id) FROM parents WHERE parents.id IS NOT NULL)"
      " SELECT a.id FROM parents JOIN conversations a ON a.tenant_id = $1 AND a.id = parents.id"
      " LEFT JOIN members o ON o.tenant_id = a.tenant_id AND o.conversation_id = a.id AND o.user_id = $2"
      " WHERE o.membership = 1 OR {} ORDER BY a.id",
      open_to_caller("a"));
  return kSql;
}

Result<void> read_own(storage::Transaction& tx, Caller const& caller, model::ThreadScope& scope) {
  return tx.each(
      "SELECT j.conversation_id, j.membership, c.history_mode, j.joined_seq FROM members j"
      " JOIN conversations c ON c.tenant_id = j.tenant_id AND c.id = j.conversation_id"
      " WHERE j.tenant_id = $1 AND j.user_id = $2 AND j.membership <> 0 ORDER BY j.conversation_id",
      {caller.tenant, caller.user}, [&](storage::Row const& row) {
        auto const id = row.id<ConversationId>(0);
        if (row.integer(1) == static_cast<std::int64_t>(model::Membership::left)) {
          scope.left.push_back(id);
          return;
        }
        scope.conversations.push_back(id);
        bool const is_partial = row.integer(2) == static_cast<std::int64_t>(model::HistoryMode::since_join);
        if (is_partial && row.integer(3) > 0) scope.partial.push_back({id, row.integer(3)});
      });
}

Result<void> read_spaces(storage::Transaction& tx, Caller const& caller, model::ThreadScope& scope) {
  return tx.each(
      "SELECT s.id FROM spaces s LEFT JOIN space_members w ON w.tenant_id = s.tenant_id AND w.space_id = s.id"
      " AND w.user_id = $2 WHERE s.tenant_id = $1 AND (s.is_default = 1 OR w.user_id IS NOT NULL) ORDER BY s.id",
      {caller.tenant, caller.user}, [&](storage::Row const& row) { scope.spaces.push_back(row.id<SpaceId>(0)); });
}

}  // namespace

Result<model::ThreadScope> read_thread_scope(storage::Transaction& tx, Caller const& caller) {
  model::ThreadScope scope;
  scope.sees_all = caller.is_backend && !caller.user;
  scope.is_person = caller.user && caller.role != model::TenantRole::guest;
  if (scope.sees_all) return scope;
  if (caller.user) {
    TRY(read_own(tx, caller, scope));
    TRY(read_spaces(tx, caller, scope));
  }
  auto params = visibility_params(caller);
  params.pop_back();  // whether everything is seen
  scope.channels =
      TRY(tx.all(select_open_parents(), params, [](storage::Row const& row) { return row.id<ConversationId>(0); }));
  return scope;
}

}  // namespace parlance::core
