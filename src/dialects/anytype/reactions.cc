#include "dialects/anytype/reactions.h"

#include "api/await.h"
#include "api/identity.h"
#include "core/reactions.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {

Task<Result<http::Response>> toggle_reaction(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  auto const body = CO_TRY(read_body<NewChatReaction>(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<core::ReactionOutcome> {
    TRY(meet_chat(tx, caller, path));
    auto outcome = core::change_reaction(tx, caller, path.chat, id, body.emoji, core::ReactionChange::toggle);
    return or_not_found(std::move(outcome), "message");
  };
  co_return co_await api::perform(services, request, path.chat.value, verb, [](core::ReactionOutcome const& outcome) {
    return http::Response::json(200, http::encode_json(ChatReactionChange{outcome.present}));
  });
}

}  // namespace parlance::anytype
