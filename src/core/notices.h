#pragma once

#include <string_view>

#include "base/clock.h"
#include "model/member.h"

/// Whether a member wants to be told of a message while it is away: what its preferences mean. They are about telling
/// alone. Whatever a member wants to hear of, messages reach its list, its open connections and its history, and count
/// as unread.
namespace parlance::core {

/// How a message concerns a member.
enum class Concern {
  none,      ///< it is only said in the same conversation
  everyone,  ///< it calls everybody
  mention,   ///< it mentions the member, or answers it
};

/// Muted: of nothing. Else by the level: `all` of everything, `mentions` of what mentions the member or calls
/// everybody, `everyone` of what calls everybody, `none` of nothing.
bool wants_notice(model::Member const& member, Concern concern, Timestamp now);

/// "@everyone", "@channel" or "@here" as a word of its own, in small letters; also as `<@everyone>` and `<!here>`.
bool calls_everyone(std::string_view text);

}  // namespace parlance::core
