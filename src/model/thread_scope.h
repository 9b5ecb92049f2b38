#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace parlance::model {

/// Which threads somebody may read: what core/visible_threads.h says, as values.
struct ThreadScope {
  /// A conversation of which the caller sees only what came after `hidden_through`.
  struct Partial {
    ConversationId conversation;
    std::int64_t hidden_through = 0;
  };

  bool sees_all = false;                      ///< a backend that acts for nobody
  bool is_person = false;                     ///< somebody of the tenant, and no guest
  std::vector<SpaceId> spaces;                ///< whose conversations the caller sees
  std::vector<ConversationId> channels;       ///< whose threads the caller sees
  std::vector<ConversationId> conversations;  ///< that the caller is in
  std::vector<ConversationId> left;           ///< that it has left, seen no more whatever they are
  std::vector<Partial> partial;               ///< also in `conversations`
};

}  // namespace parlance::model
