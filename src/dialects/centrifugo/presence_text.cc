#include "dialects/centrifugo/presence_text.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "dialects/centrifugo/commands.h"
#include "dialects/centrifugo/options.h"

namespace parlance::centrifugo {

std::string presence_text(std::vector<ClientInfo> const& occupants) {
  JsonWriter out;
  out.begin_object().key("presence").begin_object();
  for (auto const& info : occupants) write_client_info(out.key(info.client), info);
  out.end_object().end_object();
  return out.take();
}

std::string presence_stats_text(std::vector<ClientInfo> const& occupants) {
  std::set<std::string_view> users;
  for (auto const& info : occupants) users.insert(info.user);
  JsonWriter out;
  out.begin_object().field("num_clients", static_cast<std::int64_t>(occupants.size()));
  out.field("num_users", static_cast<std::int64_t>(users.size())).end_object();
  return out.take();
}

std::string history_text(LogPage const& page) {
  JsonWriter out;
  out.begin_object().key("publications").begin_array();
  for (auto const& publication : page.publications) out.raw(publication);
  out.end_array().field("epoch", std::to_string(page.epoch)).field("offset", page.offset).end_object();
  return out.take();
}

Result<HistoryWish> history_wish(boost::json::object const& body) {
  HistoryWish wish;
  auto const* limit = body.if_contains("limit");
  bool const is_endless = limit != nullptr && limit->is_int64() && limit->get_int64() < 0;
  auto const number = is_endless ? kMaxPublications : TRY(number_member(body, "limit"));
  wish.limit = static_cast<std::int64_t>(std::min<std::uint64_t>(number, kMaxPublications));
  wish.is_reverse = TRY(flag_member(body, "reverse"));
  auto const* since = TRY(object_member(body, "since"));
  if (since != nullptr) wish.since = {TRY(number_member(*since, "offset")), TRY(text_member(*since, "epoch"))};
  return wish;
}

}  // namespace parlance::centrifugo
