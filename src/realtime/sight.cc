#include "realtime/sight.h"

namespace parlance::realtime {

SightLoss sight_loss(model::EventKind kind) {
  switch (kind) {
    using enum model::EventKind;
    case conversation_updated:
    case conversation_archived: return SightLoss::conversation;
    case member_removed:
    case member_left:
    case user_changed: return SightLoss::user;
    case sight_changed: return SightLoss::tenant;
    case message_added:
    case message_edited:
    case message_deleted:
    case message_previewed:
    case reaction_added:
    case reaction_removed:
    case message_pinned:
    case message_unpinned:
    case member_added:
    case member_updated:
    case read_moved:
    case conversation_created:
    case publication:
    case personal:
    case delivered_moved:
    case notification_created:
    case tenant_changed:
    case job_added: return SightLoss::none;
  }
  return SightLoss::none;
}

bool may_blind(model::Event const& event, UserId user) {
  return sight_loss(event.kind) == SightLoss::conversation || may_blind_elsewhere(event, user);
}

bool may_blind_elsewhere(model::Event const& event, UserId user) {
  switch (sight_loss(event.kind)) {
    case SightLoss::none:
    case SightLoss::conversation: return false;
    case SightLoss::user: return event.subject == user;
    case SightLoss::tenant: return true;
  }
  return true;
}

}  // namespace parlance::realtime
