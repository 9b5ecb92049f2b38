#include "dialects/structchat/reads.h"

#include "api/await.h"
#include "core/message_log.h"
#include "core/reads.h"
#include "core/threads.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {

Task<Result<http::Response>> mark_read(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ReadChange>(request));
  auto const thread = CO_TRY(thread_id_of(body.thread_id));
  auto const chat = CO_TRY(chat_id_of(body.chat_id));
  CO_TRY(co_await api::write(
      gateway.services, request.executor(), thread.value, [&](storage::Transaction& tx) -> Result<void> {
        auto const encounter = TRY(core::find_thread(tx, viewer.caller, thread));
        auto const message = TRY(core::read_message(tx, encounter, chat, core::Tombstones::keep));
        return core::mark_read(tx, viewer.caller, thread, 1, message.seq);
      }));
  co_return reply(std::string(kOk));
}

}  // namespace parlance::structchat
