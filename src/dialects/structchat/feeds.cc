#include "dialects/structchat/feeds.h"

#include "api/await.h"
#include "core/feeds.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/feed_ids.h"
#include "dialects/structchat/thread_view.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

void write_feed(JsonWriter& out, core::Feed const& feed, TenantId tenant) {
  out.begin_object().field("id", spell_feed(feed)).field("user_id", spell(feed.user)).field("org_id", spell(tenant));
  out.field("name", feed.name);
  write_channels(out, "channel_ids", feed.channels);
  write_users(out, "user_ids", feed.users);
  write_feed_bits(out.key("bits"), feed.only_direct);
  out.end_object();
}

/// The three that everybody has belong to nobody: "0" as user and organisation.
void write_everybodys(JsonWriter& out) {
  struct Everybodys {
    std::int64_t number;
    std::string_view name;
  };
  for (auto const& [number, name] : {Everybodys{kOmni, "Omni"}, Everybodys{kYoursTruly, "Yours Truly"},
                                     Everybodys{kDirectMessages, "Direct Messages"}}) {
    out.begin_object().field("id", api::spell_struct(api::StructType::feed, number)).field("user_id", "0");
    out.field("org_id", "0").field("name", name).field_null("channel_ids").field_null("user_ids");
    write_feed_bits(out.key("bits"), number == kDirectMessages);
    out.end_object();
  }
}

std::string feed_text(core::Feed const& feed, TenantId tenant) {
  return data_reply([&](JsonWriter& out) { write_feed(out, feed, tenant); });
}

Result<std::string> page_text(storage::Transaction& tx, core::Caller const& caller, std::int64_t number,
                              Page const& page) {
  auto const filter = TRY(filter_of_feed(tx, caller, number));
  auto const threads = TRY(core::list_threads(tx, caller, filter, page.limit, page.offset));
  auto const views = TRY(read_feed_threads(tx, caller, threads, FeedChats::newest));
  return data_reply([&](JsonWriter& out) {
    out.begin_array();
    for (auto const& view : views) write_feed_thread(out, view);
    out.end_array();
  });
}

template <typename Body>
Result<core::Feed> feed_in(Body const& body, Bits const& bits) {
  core::Feed feed;
  feed.channels = TRY(channel_ids_of(body.channel_ids));
  feed.users = TRY(user_ids_of(body.user_ids));
  feed.only_direct = bits.has("feed_dm");
  return feed;
}

Result<std::string> delete_and_tell(storage::Transaction& tx, core::Caller const& caller, std::int64_t key) {
  auto const feed = TRY(core::get_feed(tx, caller, key));
  TRY(core::delete_feed(tx, caller, key));
  return feed_text(feed, caller.tenant);
}

}  // namespace

Task<Result<http::Response>> list_feeds(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const& caller = viewer.caller;
  auto const own = CO_TRY(co_await api::read(gateway.services, request.executor(),
                                             [&](storage::Transaction& tx) { return core::list_feeds(tx, caller); }));
  co_return reply(data_reply([&](JsonWriter& out) {
    out.begin_array();
    write_everybodys(out);
    for (auto const& feed : own) write_feed(out, feed, caller.tenant);
    out.end_array();
  }));
}

Task<Result<http::Response>> get_feed(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const text = request.path_parameter("feed_id");
  auto const number = CO_TRY(feed_number_of(text.empty() ? kDefaultFeed : text));
  auto const page = CO_TRY(page_of(request));
  co_return reply(CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return page_text(tx, viewer.caller, number, page);
  })));
}

Task<Result<http::Response>> create_feed(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<NewFeed>(request));
  auto const bits = CO_TRY(read_feed_bits(body.bits));
  auto feed = CO_TRY(feed_in(body, bits));
  feed.name = body.name;
  auto const& caller = viewer.caller;
  auto const verb = [&](storage::Transaction& tx) { return core::create_feed(tx, caller, feed); };
  co_return co_await api::perform(gateway.services, request, caller.tenant.value, verb,
                                  [&](core::Feed const& made) { return reply(feed_text(made, caller.tenant)); });
}

Task<Result<http::Response>> replace_feed(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<FeedUpdate>(request));
  auto const number = CO_TRY(feed_number_of(body.id));
  if (is_everybodys(number)) co_return fail(Errc::forbidden, "this feed is everybody's and stays as it is");
  auto const bits = CO_TRY(read_feed_bits(body.bits));
  auto feed = CO_TRY(feed_in(body, bits));
  feed.id = CO_TRY(feed_key_of(number));
  feed.name = body.name.value_or("");
  auto const& caller = viewer.caller;
  auto const verb = [&](storage::Transaction& tx) -> Result<std::string> {
    if (bits.has("deleted")) return delete_and_tell(tx, caller, feed.id);
    return feed_text(TRY(core::replace_feed(tx, caller, feed)), caller.tenant);
  };
  co_return reply(CO_TRY(co_await api::write(gateway.services, request.executor(), caller.tenant.value, verb)));
}

}  // namespace parlance::structchat
