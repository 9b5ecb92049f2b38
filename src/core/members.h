#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "model/conversation.h"
#include "model/member.h"
#include "storage/transaction.h"

namespace parlance::core {

/// "admin", "member".
std::string_view role_name(model::MemberRole role);

/// Rows with Membership::member, by time of joining. Needs Action::see.
Result<std::vector<model::Member>> list_members(storage::Transaction& tx, Caller const& caller, ConversationId id,
                                                std::int64_t limit, std::int64_t offset);

/// The same without a look at permissions, for jobs and fan-out.
Result<std::vector<model::Member>> all_members(storage::Transaction& tx, TenantId tenant, ConversationId id);

Result<std::optional<model::Member>> find_member(storage::Transaction& tx, TenantId tenant, ConversationId id,
                                                 UserId user);

/// Adds a user, or changes the role of one who is in. Needs Action::manage_members; a dm takes nobody (conflict).
Result<model::Member> add_member(storage::Transaction& tx, Caller const& caller, ConversationId id, UserId user,
                                 model::MemberRole role);

/// Needs Action::manage_members. not_found where the user is not a member.
Result<void> remove_member(storage::Transaction& tx, Caller const& caller, ConversationId id, UserId user);

/// The caller goes. Of an implicit channel it stays a reader and the channel is hidden and muted for it; a dm cannot be
/// left (conflict). If the last admin goes, the longest member becomes one.
Result<void> leave(storage::Transaction& tx, Caller const& caller, ConversationId id);

/// Users who share a conversation with `user` by rows, without `user` itself.
Result<std::vector<UserId>> list_contacts(storage::Transaction& tx, TenantId tenant, UserId user);

/// Conversations that `user` is in by a row.
Result<std::vector<ConversationId>> list_joined_ids(storage::Transaction& tx, TenantId tenant, UserId user);

/// The row of a member, or that of somebody who is none (Membership::none), without permissions or events. A row that
/// is there gives way to a member's only, and only where it is none itself.
Result<void> insert_member(storage::Transaction& tx, TenantId tenant, ConversationId id, UserId user,
                           model::MemberRole role, model::Membership membership, std::int64_t joined_seq);

/// The caller's row, made now where it sees the conversation without one.
Result<model::Member> ensure_member(storage::Transaction& tx, Caller const& caller, Encounter const& encounter,
                                    std::int64_t joined_seq = 0);

}  // namespace parlance::core
