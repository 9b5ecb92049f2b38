#include "dialects/structchat/reactions.h"

#include "api/await.h"
#include "core/message_place.h"
#include "core/reactions.h"
#include "core/threads.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {

Task<Result<http::Response>> write_reaction(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ReactionWrite>(request));
  auto const chat = CO_TRY(chat_id_of(body.chat_id));
  bool const sets = body.set.value_or(false);
  if (sets == body.delete_.value_or(false)) co_return invalid("set", "exactly one of set and delete must be true");
  auto const change = sets ? core::ReactionChange::set : core::ReactionChange::remove;
  auto const& caller = viewer.caller;
  auto const thread = CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return core::conversation_of(tx, caller.tenant, chat);
  }));
  auto const verb = [&](storage::Transaction& tx) -> Result<bool> {
    TRY(core::find_thread(tx, caller, thread));
    auto outcome = core::change_reaction(tx, caller, thread, chat, body.name, change);
    if (!outcome && outcome.error().field == "emoji") outcome.error().field = "name";
    if (!outcome) return std::unexpected(std::move(outcome).error());
    return outcome->changed;
  };
  co_return co_await api::perform(gateway.services, request, thread.value, verb,
                                  [](bool) { return reply(std::string(kOk)); });
}

}  // namespace parlance::structchat
