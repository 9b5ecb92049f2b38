#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// Rank of a user in a space. The numbers are stored.
enum class SpaceRole { owner = 0, admin = 1, editor = 2, viewer = 3 };

/// Groups conversations and has members. Every tenant has one default space, of which every user is an editor without a
/// row (a guest: a viewer).
struct Space {
  SpaceId id;
  TenantId tenant;
  std::string name;
  std::string description;
  std::string icon;  ///< JSON, or empty
  bool is_default = false;
  ConversationId main_conversation;
  UserId created_by;
  Timestamp created_at = 0;
  Timestamp updated_at = 0;
};

struct SpaceMember {
  SpaceId space;
  UserId user;
  SpaceRole role = SpaceRole::editor;
  Timestamp joined_at = 0;
};

}  // namespace parlance::model
