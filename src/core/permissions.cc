#include "core/permissions.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/conversation_rows.h"
#include "core/spaces.h"

namespace parlance::core {

namespace {

/// What each action needs. Everything else about permissions follows from how standing() ranks the caller.
Standing needed_for(Action action) {
  switch (action) {
    case Action::see: return Standing::reader;
    case Action::send: return Standing::participant;
    case Action::moderate: return Standing::admin;
    case Action::manage: return Standing::admin;
    case Action::manage_members: return Standing::admin;
  }
  return Standing::admin;
}

std::string_view refusal(Action action) {
  switch (action) {
    case Action::see: return "not a member of this conversation";
    case Action::send: return "not allowed to write in this conversation";
    case Action::moderate: return "only an admin may do this to another's message";
    case Action::manage: return "only an admin may change this conversation";
    case Action::manage_members: return "only an admin may change the members";
  }
  return "not allowed";
}

/// Threads may lie in channels, which lie in nothing.
constexpr int kDeepestParent = 4;

Standing standing_by_space(std::optional<model::SpaceRole> role) {
  if (!role) return Standing::none;
  switch (*role) {
    case model::SpaceRole::owner:
    case model::SpaceRole::admin: return Standing::admin;
    case model::SpaceRole::editor: return Standing::participant;
    case model::SpaceRole::viewer: return Standing::reader;
  }
  return Standing::none;
}

Standing standing_by_tenant(Caller const& caller) {
  switch (caller.role) {
    case model::TenantRole::owner:
    case model::TenantRole::admin:
    case model::TenantRole::moderator: return Standing::admin;
    case model::TenantRole::member: return Standing::participant;
    case model::TenantRole::guest: return Standing::none;
  }
  return Standing::none;
}

Result<Encounter> read_encounter(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  static std::string const kSql = fmt::format(
      "SELECT {}, {} FROM conversations c"
      " LEFT JOIN members b ON b.tenant_id = c.tenant_id AND b.conversation_id = c.id AND b.user_id = $3"
      " LEFT JOIN users u ON u.tenant_id = b.tenant_id AND u.id = b.user_id"
      " WHERE c.tenant_id = $1 AND c.id = $2",
      kConversationColumns, kMemberColumns);
  auto found = TRY(tx.first(kSql, {caller.tenant, id, caller.user}, [](storage::Row const& row) {
    Encounter encounter{.conversation = conversation_from(row)};
    if (!row.is_null(kConversationColumnCount)) encounter.member = member_from(row, kConversationColumnCount);
    return encounter;
  }));
  if (!found) return fail(Errc::not_found, "no such conversation");
  return *std::move(found);
}

Result<Standing> standing(storage::Transaction& tx, Caller const& caller, Encounter const& encounter, int depth);

Result<Standing> standing_by_parents(storage::Transaction& tx, Caller const& caller, ConversationId id, int depth) {
  if (depth >= kDeepestParent) return Standing::none;
  auto const parents =
      TRY(tx.all("SELECT parent_id FROM conversation_parents WHERE tenant_id = $1 AND conversation_id = $2",
                 {caller.tenant, id}, [](storage::Row const& row) { return row.id<ConversationId>(0); }));
  auto best = Standing::none;
  for (auto const parent : parents) {
    auto const encounter = read_encounter(tx, caller, parent);
    if (!encounter) continue;
    best = std::max(best, TRY(standing(tx, caller, *encounter, depth + 1)));
  }
  return best;
}

Result<Standing> standing_by_access(storage::Transaction& tx, Caller const& caller,
                                    model::Conversation const& conversation, int depth) {
  switch (conversation.access) {
    case model::Access::members: return Standing::none;
    case model::Access::space: {
      auto const best = standing_by_space(TRY(space_role(tx, caller, conversation.space)));
      if (!conversation.provider_space) return best;
      return std::max(best, standing_by_space(TRY(space_role(tx, caller, conversation.provider_space))));
    }
    case model::Access::tenant: return caller.user ? standing_by_tenant(caller) : Standing::none;
    case model::Access::parents: return standing_by_parents(tx, caller, conversation.id, depth);
    case model::Access::anyone:
      return caller.user ? std::max(standing_by_tenant(caller), Standing::participant) : Standing::reader;
  }
  return Standing::none;
}

Result<Standing> standing(storage::Transaction& tx, Caller const& caller, Encounter const& encounter, int depth) {
  if (caller.is_backend && !caller.user) return Standing::admin;
  auto own = Standing::none;
  if (encounter.member && encounter.member->membership == model::Membership::member) {
    bool const leads = encounter.member->role == model::MemberRole::admin;
    own = leads ? Standing::admin : Standing::participant;
  }
  if (own == Standing::admin || encounter.conversation.access == model::Access::members) return own;
  return std::max(own, TRY(standing_by_access(tx, caller, encounter.conversation, depth)));
}

}  // namespace

Result<Encounter> meet(storage::Transaction& tx, Caller const& caller, ConversationId id) {
  auto encounter = TRY(read_encounter(tx, caller, id));
  if ((encounter.conversation.bits & model::kThreadDeleted) != 0) return fail(Errc::not_found, "no such conversation");
  encounter.standing = TRY(standing(tx, caller, encounter, 0));
  if (encounter.conversation.hidden && encounter.standing == Standing::none) {
    return fail(Errc::not_found, "no such conversation");
  }
  return encounter;
}

Result<Encounter> require(storage::Transaction& tx, Caller const& caller, ConversationId id, Action action) {
  auto encounter = TRY(meet(tx, caller, id));
  if (encounter.standing == Standing::none) return fail(Errc::forbidden, std::string(refusal(Action::see)));
  if (encounter.standing < needed_for(action)) return fail(Errc::forbidden, std::string(refusal(action)));
  if (action == Action::send && encounter.conversation.archived_at != 0) {
    return fail(Errc::conflict, "this conversation is archived");
  }
  return encounter;
}

std::int64_t hidden_through(Encounter const& encounter) {
  bool const hides = encounter.conversation.history_mode == model::HistoryMode::since_join && encounter.member;
  return hides ? encounter.member->joined_seq : 0;
}

bool is_before_join(Encounter const& encounter, std::int64_t seq) { return seq <= hidden_through(encounter); }

}  // namespace parlance::core
