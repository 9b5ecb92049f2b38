#include "dialects/structchat/tags.h"

#include "api/await.h"
#include "core/thread_texts.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

constexpr std::int64_t kMostTags = 1000;

}  // namespace

Task<Result<http::Response>> list_tags(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const tags = CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return core::list_tags(tx, viewer.caller, kMostTags);
  }));
  co_return reply(data_reply([&](JsonWriter& out) {
    out.begin_array();
    for (auto const& [tag, count] : tags) out.begin_object().field("tag", tag).field("count", count).end_object();
    out.end_array();
  }));
}

}  // namespace parlance::structchat
