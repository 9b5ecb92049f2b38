#include "core/visible_threads.h"

#include <fmt/format.h>

#include <string_view>

namespace parlance::core {

namespace {

/// The numbers are those of model::Access; $2 is the user, $3 whether that is somebody and no guest.
constexpr std::string_view kOpen =
    "({0}.access = 4 OR ({0}.access = 2 AND $3 = 1) OR ({0}.access = 1 AND $2 <> 0 AND EXISTS (SELECT 1 FROM spaces s"
    " LEFT JOIN space_members w ON w.tenant_id = s.tenant_id AND w.space_id = s.id AND w.user_id = $2"
    " WHERE s.tenant_id = $1 AND s.id IN ({0}.space_id, {0}.provider_space_id)"
    " AND (s.is_default = 1 OR w.user_id IS NOT NULL))))";

std::string write_visible_threads() {
  auto const open = open_to_caller("c");
  auto const through_parents = fmt::format(
      "(c.access = 3 AND EXISTS (SELECT 1 FROM conversation_parents p"
      " JOIN conversations a ON a.tenant_id = p.tenant_id AND a.id = p.parent_id"
      " LEFT JOIN members o ON o.tenant_id = a.tenant_id AND o.conversation_id = a.id AND o.user_id = $2"
      " WHERE p.tenant_id = $1 AND p.conversation_id = c.id AND (o.membership = 1 OR {})))",
      open_to_caller("a"));
  return fmt::format(
      " FROM conversations c LEFT JOIN members b ON b.tenant_id = c.tenant_id AND b.conversation_id = c.id"
      " AND b.user_id = $2 WHERE c.tenant_id = $1 AND c.kind <> 6 AND c.archived_at = 0 AND (c.bits & 3) = 0"
      " AND (c.kind = 5 OR c.last_seq > 0) AND (b.membership IS NULL OR b.membership <> 2)"
      " AND ($4 = 1 OR b.membership = 1 OR {} OR {})",
      open, through_parents);
}

}  // namespace

std::string open_to_caller(std::string_view alias) { return fmt::format(kOpen, alias); }

std::string const& from_visible_threads() {
  static std::string const kSql = write_visible_threads();
  return kSql;
}

std::vector<storage::Param> visibility_params(Caller const& caller) {
  bool const is_person = caller.user && caller.role != model::TenantRole::guest;
  bool const sees_all = caller.is_backend && !caller.user;
  return {caller.tenant, caller.user, is_person, sees_all};
}

}  // namespace parlance::core
