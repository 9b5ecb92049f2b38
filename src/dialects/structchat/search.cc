#include "dialects/structchat/search.h"

#include "api/await.h"
#include "base/clock.h"
#include "dialects/structchat/search_parameters.h"
#include "dialects/structchat/search_reply.h"
#include "dialects/structchat/thread_search.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

Task<Result<http::Response>> run_search(Gateway& gateway, http::Request& request, FeedChats chats) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const parameters = CO_TRY(search_parameters_of(request));
  auto const asked = CO_TRY(search::typesense::read_request(parameters));
  auto const verb = [&](storage::Transaction& tx) -> Result<std::string> {
    auto const began = monotonic_now();
    auto const found = TRY(find_threads(tx, gateway.services.index, viewer.caller, asked, chats));
    if (chats == FeedChats::newest) return feed_search_reply(found);
    return search_reply(asked, found, monotonic_now() - began);
  };
  co_return reply(CO_TRY(co_await api::read(gateway.services, request.executor(), verb)));
}

}  // namespace

Task<Result<http::Response>> search_threads(Gateway& gateway, http::Request& request) {
  return run_search(gateway, request, FeedChats::none);
}

Task<Result<http::Response>> search_feed(Gateway& gateway, http::Request& request) {
  return run_search(gateway, request, FeedChats::newest);
}

}  // namespace parlance::structchat
