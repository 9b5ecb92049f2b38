#include "dialects/structchat/feed_ids.h"

#include "api/spelling.h"

namespace parlance::structchat {
namespace {

/// Numbers below are kept for feeds that everybody has.
constexpr std::int64_t kFirstOwn = 0x10;

std::unexpected<Error> no_such_feed() { return fail(Errc::not_found, "no such feed"); }

}  // namespace

std::string spell_feed(core::Feed const& feed) {
  return api::spell_struct(api::StructType::feed, feed.id + kFirstOwn - 1);
}

Result<std::int64_t> feed_number_of(std::string_view text) {
  auto const number = api::parse_struct(api::StructType::feed, text);
  if (!number || *number == 0) return no_such_feed();
  return *number;
}

Result<std::int64_t> feed_key_of(std::int64_t number) {
  if (number < kFirstOwn) return no_such_feed();
  return number - kFirstOwn + 1;
}

Result<core::ThreadFilter> filter_of_feed(storage::Transaction& tx, core::Caller const& caller, std::int64_t number) {
  if (number == kOmni) return core::ThreadFilter{};
  if (number == kYoursTruly) return core::ThreadFilter{.only_mine = true};
  if (number == kDirectMessages) return core::ThreadFilter{.only_direct = true};
  auto const key = TRY(feed_key_of(number));
  auto feed = TRY(core::get_feed(tx, caller, key));
  // The contract stores both, and lets channels win.
  bool const only_direct = feed.only_direct && feed.channels.empty();
  return core::ThreadFilter{
      .channels = std::move(feed.channels), .users = std::move(feed.users), .only_direct = only_direct};
}

}  // namespace parlance::structchat
