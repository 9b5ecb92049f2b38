#include "core/thread_list.h"

#include <fmt/format.h>

#include "core/conversation_rows.h"
#include "core/in_list.h"

namespace parlance::core {

namespace {

// Both begin at what is the caller's: it has few threads where the tenant has very many. Where threads are named these
// are fewer, and each is looked at.
constexpr std::string_view kDirect =
    " AND c.kind = 0 AND c.id IN (SELECT i.conversation_id FROM members i WHERE i.tenant_id = $1 AND i.user_id = $2"
    " AND i.membership = 1)";
constexpr std::string_view kMine =
    " AND c.id IN (SELECT t.conversation_id FROM thread_authors t WHERE t.tenant_id = $1 AND t.user_id = $2"
    " UNION SELECT n.conversation_id FROM mentions n WHERE n.tenant_id = $1 AND n.user_id = $2"
    " UNION SELECT i.conversation_id FROM members i JOIN conversations g ON g.tenant_id = i.tenant_id"
    " AND g.id = i.conversation_id WHERE i.tenant_id = $1 AND i.user_id = $2 AND i.membership = 1"
    " AND g.kind IN (0, 1))";

constexpr std::string_view kNamedMine =
    " AND ((c.kind IN (0, 1) AND b.membership = 1) OR EXISTS (SELECT 1 FROM thread_authors t"
    " WHERE t.tenant_id = $1 AND t.conversation_id = c.id AND t.user_id = $2) OR EXISTS (SELECT 1 FROM mentions n"
    " WHERE n.tenant_id = $1 AND n.conversation_id = c.id AND n.user_id = $2))";

/// The visible threads with the external id beside the member's row, which member_from wants.
std::string const& select_visible() {
  static std::string const kSql = fmt::format(
      "SELECT {}, b.conversation_id, b.user_id, '', b.role, b.membership, b.joined_at, b.joined_seq, b.delivered_seq,"
      " b.read_set, b.starred, b.mute_until, b.notify_level{}",
      kConversationColumns, from_visible_threads());
  return kSql;
}

}  // namespace

ThreadList::ThreadList(Caller const& caller, ThreadFilter const& filter, Reach reach)
    : sql_(select_visible()), params_(visibility_params(caller)) {
  if (!filter.channels.empty()) {
    auto const list = add_ids(filter.channels);
    sql_ += fmt::format(
        " AND (c.id IN {0} OR EXISTS (SELECT 1 FROM conversation_parents f WHERE f.tenant_id = $1"
        " AND f.conversation_id = c.id AND f.parent_id IN {0}))",
        list);
  }
  if (!filter.users.empty()) {
    auto const list = add_ids(filter.users);
    sql_ += fmt::format(
        " AND (EXISTS (SELECT 1 FROM thread_authors t WHERE t.tenant_id = $1 AND t.conversation_id = c.id"
        " AND t.user_id IN {0}) OR (c.kind IN (0, 1) AND EXISTS (SELECT 1 FROM members n WHERE n.tenant_id = $1"
        " AND n.conversation_id = c.id AND n.membership = 1 AND n.user_id IN {0})))",
        list);
  }
  bool const is_named = reach == Reach::named;
  if (filter.only_direct) sql_ += is_named ? " AND c.kind = 0" : kDirect;
  if (filter.only_mine) sql_ += is_named ? kNamedMine : kMine;
}

std::string ThreadList::add(storage::Param value) {
  params_.push_back(value);
  return fmt::format("${}", params_.size());
}

template <typename Ids>
std::string ThreadList::add_ids(Ids const& ids) {
  InList const list(static_cast<int>(params_.size()) + 1, ids);
  params_ = list.params(std::move(params_));
  return list.text();
}

Result<std::vector<Encounter>> ThreadList::read(storage::Transaction& tx) const {
  return tx.all(sql_, params_, [](storage::Row const& row) {
    Encounter encounter{.conversation = conversation_from(row), .standing = Standing::participant};
    if (!row.is_null(kConversationColumnCount)) encounter.member = member_from(row, kConversationColumnCount);
    return encounter;
  });
}

}  // namespace parlance::core
