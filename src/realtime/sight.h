#pragma once

#include <cstdint>

#include "base/ids.h"
#include "model/event.h"

/// Who may see what, and what may change it: the one rule of everything live. What somebody could see when it was
/// opened is shown without another look until such an event; from there on nothing more is shown of what it may have
/// taken away, until a look at the database says that it is still seen.
namespace parlance::realtime {

/// Where somebody may see less after an event than before.
enum class SightLoss : std::uint8_t {
  none,          ///< nowhere
  conversation,  ///< anybody, in the event's conversation
  user,          ///< its subject, in any conversation: threads are seen through their channels, chats through spaces
  tenant,        ///< anybody, in any conversation of the tenant
};

SightLoss sight_loss(model::EventKind kind);

/// True where `user`, who follows the event's conversation or hears of what concerns itself, may see less after it.
bool may_blind(model::Event const& event, UserId user);

/// True where that may be so in other conversations than the event's.
bool may_blind_elsewhere(model::Event const& event, UserId user);

}  // namespace parlance::realtime
