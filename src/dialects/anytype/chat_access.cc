#include "dialects/anytype/chat_access.h"

#include "core/spaces.h"

namespace parlance::anytype {

Result<core::Encounter> meet_chat(storage::Transaction& tx, core::Caller const& caller, ChatPath path) {
  auto encounter = TRY(or_not_found(core::meet(tx, caller, path.chat), "chat"));
  bool const is_here = encounter.conversation.space == path.space;
  if (!is_here || encounter.standing == core::Standing::none) return fail(Errc::not_found, "chat not found");
  return encounter;
}

Result<model::Space> meet_space(storage::Transaction& tx, core::Caller const& caller, SpaceId id) {
  auto space = or_not_found(core::get_space(tx, caller, id), "space");
  if (!space && space.error().code == Errc::forbidden) return fail(Errc::not_found, "space not found");
  return space;
}

Result<model::Space> meet_space_to_write(storage::Transaction& tx, core::Caller const& caller, SpaceId id) {
  auto space = TRY(meet_space(tx, caller, id));
  auto const role = TRY(core::space_role(tx, caller, id));
  bool const may_write = role && *role <= model::SpaceRole::editor;
  if (!may_write) return fail(Errc::forbidden, "only an editor may add to this space");
  return space;
}

}  // namespace parlance::anytype
