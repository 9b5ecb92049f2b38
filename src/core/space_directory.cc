#include "core/space_directory.h"

#include <fmt/format.h>

#include "core/conversation_rows.h"

namespace parlance::core {

namespace {

/// What the caller may see without being a member: $4 = the caller is in the space, $5 = in the tenant and no guest.
/// The numbers are those of model::Access; permissions.cc says the same of one conversation.
constexpr std::string_view kOpenTo = "({0}.access = 4 OR ({0}.access = 2 AND $5 = 1) OR ({0}.access = 1 AND $4 = 1))";

/// A thread is seen through the channels that it lies in.
constexpr std::string_view kSeenThroughParent =
    "(c.access = 3 AND EXISTS (SELECT 1 FROM conversation_parents p"
    " JOIN conversations a ON a.tenant_id = p.tenant_id AND a.id = p.parent_id"
    " LEFT JOIN members o ON o.tenant_id = a.tenant_id AND o.conversation_id = a.id AND o.user_id = $3"
    " WHERE p.tenant_id = c.tenant_id AND p.conversation_id = c.id AND (o.membership = 1 OR {})))";

/// $1 tenant, $2 space, $3 user, $6 = the caller sees everything. The numbers are those of kinds and memberships.
std::string visible_conversations(std::string_view columns) {
  return fmt::format(
      "SELECT {} FROM conversations c"
      " LEFT JOIN members b ON b.tenant_id = c.tenant_id AND b.conversation_id = c.id AND b.user_id = $3"
      " WHERE c.tenant_id = $1 AND c.space_id = $2 AND c.kind <> 6 AND c.archived_at = 0 AND (c.bits & 3) = 0"
      " AND (b.membership IS NULL OR b.membership <> 2) AND ($6 = 1 OR b.membership = 1 OR {} OR {})",
      columns, fmt::format(kOpenTo, "c"), fmt::format(kSeenThroughParent, fmt::format(kOpenTo, "a")));
}

/// $1 tenant, $2 space, $3 = it is the default space, where every user is.
std::string members(std::string_view columns) {
  return fmt::format(
      "SELECT {} FROM users u LEFT JOIN space_members m ON m.tenant_id = u.tenant_id AND m.user_id = u.id"
      " AND m.space_id = $2 WHERE u.tenant_id = $1 AND ($3 = 1 OR m.user_id IS NOT NULL)",
      columns);
}

/// Who has no row has the rank of the tenant: see space_role().
constexpr std::string_view kSpaceMemberColumns =
    "u.id, COALESCE(m.role, CASE u.role WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 4 THEN 3 ELSE 2 END),"
    " COALESCE(m.joined_at, u.created_at), u.external_id, u.name";

SpaceMemberView member_from(SpaceId space, storage::Row const& row) {
  return {
      .member = {space, row.id<UserId>(0), row.as<model::SpaceRole>(1), row.integer(2)},
      .external_id = std::string(row.text(3)),
      .name = std::string(row.text(4)),
  };
}

std::int64_t first_column(storage::Row const& row) { return row.integer(0); }

}  // namespace

Result<ListPage<model::Conversation>> list_conversations_of_space(storage::Transaction& tx, Caller const& caller,
                                                                  SpaceId id, std::int64_t limit, std::int64_t offset) {
  static std::string const kCount = visible_conversations("COUNT(*)");
  static std::string const kPage = visible_conversations(kConversationColumns) + " ORDER BY c.id LIMIT $7 OFFSET $8";
  TRY(get_space(tx, caller, id));
  bool const is_in = TRY(space_role(tx, caller, id)).has_value();
  bool const is_no_guest = caller.user && caller.role != model::TenantRole::guest;
  bool const sees_all = caller.is_backend && !caller.user;
  ListPage<model::Conversation> page;
  page.total = TRY(tx.one(kCount, {caller.tenant, id, caller.user, is_in, is_no_guest, sees_all}, first_column));
  page.items = TRY(
      tx.all(kPage, {caller.tenant, id, caller.user, is_in, is_no_guest, sees_all, limit, offset}, conversation_from));
  return page;
}

Result<ListPage<SpaceMemberView>> list_members_of_space(storage::Transaction& tx, Caller const& caller, SpaceId id,
                                                        std::int64_t limit, std::int64_t offset) {
  static std::string const kCount = members("COUNT(*)");
  static std::string const kPage =
      members(kSpaceMemberColumns) +
      " ORDER BY CASE WHEN u.name = '' THEN u.external_id ELSE u.name END, u.id LIMIT $4 OFFSET $5";
  auto const space = TRY(get_space(tx, caller, id));
  ListPage<SpaceMemberView> page;
  page.total = TRY(tx.one(kCount, {caller.tenant, id, space.is_default}, first_column));
  page.items = TRY(tx.all(kPage, {caller.tenant, id, space.is_default, limit, offset},
                          [id](storage::Row const& row) { return member_from(id, row); }));
  return page;
}

Result<std::optional<SpaceMemberView>> find_space_member(storage::Transaction& tx, Caller const& caller, SpaceId id,
                                                         std::string_view external_id) {
  static std::string const kOne = members(kSpaceMemberColumns) + " AND u.external_id = $4";
  auto const space = TRY(get_space(tx, caller, id));
  return tx.first(kOne, {caller.tenant, id, space.is_default, external_id},
                  [id](storage::Row const& row) { return member_from(id, row); });
}

}  // namespace parlance::core
