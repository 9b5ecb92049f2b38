#include "core/feeds.h"

#include <fmt/format.h>

#include "base/json.h"
#include "core/channels.h"
#include "core/checks.h"
#include "core/limits.h"
#include "core/users.h"

namespace parlance::core {

namespace {

constexpr std::int64_t kOnlyDirect = 1;
constexpr std::string_view kSelect =
    "SELECT id, user_id, name, channel_ids, user_ids, bits, created_at FROM feeds WHERE tenant_id = $1 AND user_id = "
    "$2";

template <typename IdType>
std::string encode(std::vector<IdType> const& ids) {
  JsonWriter out;
  out.begin_array();
  for (auto const id : ids) out.value(id.value);
  return out.end_array().take();
}

template <typename IdType>
std::vector<IdType> decode(std::string_view json) {
  std::vector<IdType> ids;
  auto const parsed = parse_json(json);
  if (!parsed || !parsed->is_array()) return ids;
  for (auto const& item : parsed->get_array()) {
    if (item.is_int64()) ids.push_back(IdType{item.get_int64()});
  }
  return ids;
}

Feed feed_from(storage::Row const& row) {
  Feed feed;
  feed.id = row.integer(0);
  feed.user = row.id<UserId>(1);
  feed.name = row.text(2);
  feed.channels = decode<ConversationId>(row.text(3));
  feed.users = decode<UserId>(row.text(4));
  feed.only_direct = (row.integer(5) & kOnlyDirect) != 0;
  feed.created_at = row.integer(6);
  return feed;
}

Result<void> check(storage::Transaction& tx, Caller const& caller, Feed const& feed) {
  if (!caller.user) return fail(Errc::forbidden, "a feed belongs to a user");
  TRY(check_line(feed.name, "name", 1, kMaxNameBytes));
  if (feed.channels.size() > kMaxFeedFilters)
    return invalid("channel_ids", fmt::format("channel_ids names more than {} channels", kMaxFeedFilters));
  if (feed.users.size() > kMaxFeedFilters)
    return invalid("user_ids", fmt::format("user_ids names more than {} users", kMaxFeedFilters));
  for (auto const channel : feed.channels) TRY(find_channel(tx, caller, channel));
  for (auto const user : feed.users) TRY(get_user(tx, caller.tenant, user));
  return {};
}

}  // namespace

Result<std::vector<Feed>> list_feeds(storage::Transaction& tx, Caller const& caller) {
  return tx.all(fmt::format("{} ORDER BY id", kSelect), {caller.tenant, caller.user}, feed_from);
}

Result<Feed> get_feed(storage::Transaction& tx, Caller const& caller, std::int64_t id) {
  auto feed = TRY(tx.first(fmt::format("{} AND id = $3", kSelect), {caller.tenant, caller.user, id}, feed_from));
  if (!feed) return fail(Errc::not_found, "no such feed");
  return *std::move(feed);
}

Result<Feed> create_feed(storage::Transaction& tx, Caller const& caller, Feed feed) {
  TRY(check(tx, caller, feed));
  auto const count = TRY(tx.one("SELECT COUNT(*) FROM feeds WHERE tenant_id = $1 AND user_id = $2",
                                {caller.tenant, caller.user}, [](storage::Row const& row) { return row.integer(0); }));
  if (count >= kMaxFeeds) return fail(Errc::conflict, fmt::format("a user has at most {} feeds", kMaxFeeds));
  feed.user = caller.user;
  feed.created_at = tx.now();
  feed.id =
      TRY(tx.one("INSERT INTO feeds (tenant_id, user_id, name, channel_ids, user_ids, bits, created_at)"
                 " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                 {caller.tenant, caller.user, feed.name, encode(feed.channels), encode(feed.users),
                  feed.only_direct ? kOnlyDirect : 0, feed.created_at},
                 [](storage::Row const& row) { return row.integer(0); }));
  return feed;
}

Result<Feed> replace_feed(storage::Transaction& tx, Caller const& caller, Feed feed) {
  auto const known = TRY(get_feed(tx, caller, feed.id));
  feed.user = known.user;
  feed.created_at = known.created_at;
  if (feed.name.empty()) feed.name = known.name;
  TRY(check(tx, caller, feed));
  TRY(
      tx.execute("UPDATE feeds SET name = $4, channel_ids = $5, user_ids = $6, bits = $7"
                 " WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                 {caller.tenant, caller.user, feed.id, feed.name, encode(feed.channels), encode(feed.users),
                  feed.only_direct ? kOnlyDirect : 0}));
  return feed;
}

Result<void> delete_feed(storage::Transaction& tx, Caller const& caller, std::int64_t id) {
  TRY(get_feed(tx, caller, id));
  TRY(tx.execute("DELETE FROM feeds WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                 {caller.tenant, caller.user, id}));
  return {};
}

}  // namespace parlance::core
