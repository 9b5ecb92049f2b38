#include "dialects/centrifugo/subscribing.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "api/await.h"
#include "base/log.h"
#include "core/members.h"
#include "core/permissions.h"
#include "core/users.h"
#include "realtime/broker.h"

namespace parlance::centrifugo {
namespace {

constexpr std::chrono::milliseconds kWaitAfterFailure{1'000};

std::optional<Refusal> refusal_by_name(Client const& client, ChannelName const& name, SubscriptionWish const& wish) {
  switch (name.kind) {
    case ChannelKind::unknown: return faults::unknown_channel();
    case ChannelKind::user:
      if (name.rest != client.caller().external_id) return faults::permission_denied();
      return std::nullopt;
    case ChannelKind::custom: {
      if (wish.is_granted) return std::nullopt;
      bool const is_listed =
          std::ranges::find(name.allowed_users, client.caller().external_id) != name.allowed_users.end();
      bool const is_refused = (name.needs_token && !wish.has_token) || (name.is_limited && !is_listed);
      return is_refused ? std::optional<Refusal>(faults::permission_denied()) : std::nullopt;
    }
    case ChannelKind::chat:
    case ChannelKind::status: return std::nullopt;
  }
  return std::nullopt;
}

struct Opening {
  ChannelLog log;
  LogPage page;
};

/// Where a chat's backend has let in somebody who could not see it otherwise, the backend's own eyes are used.
Result<std::optional<ChannelLog>> find_granted_log(storage::Transaction& tx, core::Caller const& caller,
                                                   ChannelName const& name, bool is_granted) {
  auto found = find_log(tx, caller, name);
  bool const is_refused = !found && (found.error().code == Errc::forbidden || found.error().code == Errc::not_found);
  if (!is_refused || !is_granted || name.kind != ChannelKind::chat) return found;
  return find_log(tx, {.tenant = caller.tenant, .is_backend = true}, name);
}

Result<std::optional<Opening>> read_opening(storage::Transaction& tx, core::Caller const& caller,
                                            ChannelName const& name, SubscriptionWish const& wish) {
  auto log = TRY(find_granted_log(tx, caller, name, wish.is_granted));
  if (!log) return std::nullopt;
  Opening opening{*std::move(log), {}};
  auto const& conversation = opening.log.conversation;
  opening.page = {
      .epoch = conversation.epoch, .offset = conversation.last_offset, .read_through = conversation.last_offset};
  if (wish.since) opening.page = TRY(read_missed(tx, opening.log, *wish.since));
  return opening;
}

Task<Result<Opening>> read_or_make_opening(Client& client, ChannelName const& name, SubscriptionWish const& wish) {
  auto& services = client.gateway().services;
  auto& executor = client.executor();
  auto const find = [&, caller = client.caller()](storage::Transaction& tx) {
    return read_opening(tx, caller, name, wish);
  };
  auto opening = CO_TRY(co_await api::read(services, executor, find));
  if (opening) co_return *std::move(opening);
  auto const make = [&, caller = client.caller()](storage::Transaction& tx) -> Result<Opening> {
    TRY(open_log(tx, caller, name));
    auto made = TRY(read_opening(tx, caller, name, wish));
    if (!made) return fail(Errc::internal, "a stream that was just made is not there");
    return *std::move(made);
  };
  co_return co_await api::write(services, executor, client.caller().tenant.value, make);
}

ChannelTerms terms_of(ChannelName name, SubscriptionWish const& wish) {
  ChannelTerms terms;
  bool const is_shared = name.kind == ChannelKind::chat || name.kind == ChannelKind::custom;
  terms.name = std::move(name);
  terms.is_server_side = wish.is_server_side;
  terms.has_token = wish.has_token;
  terms.is_granted = wish.is_granted;
  terms.ends_at = wish.ends_at;
  terms.presence.is_shown = is_shared && wish.overrides.presence.value_or(true);
  bool const watches = wish.wants_join_leave || wish.overrides.force_push_join_leave.value_or(false);
  terms.presence.watches_others = is_shared && watches && wish.overrides.join_leave.value_or(true);
  return terms;
}

SubscribeResult result_of(Opening& opening, SubscriptionWish const& wish) {
  SubscribeResult result;
  result.ends_at = wish.ends_at;
  result.has_position = true;
  result.epoch = opening.page.epoch;
  result.was_recovering = wish.since.has_value();
  result.recovered = wish.since && opening.page.is_recoverable;
  result.offset = opening.page.read_through;
  result.publications = std::move(opening.page.publications);
  return result;
}

Task<Outcome<SubscribeResult>> open_log_channel(Client& client, ChannelName name, SubscriptionWish const& wish) {
  auto opening = co_await read_or_make_opening(client, name, wish);
  auto* const place = client.find_channel(name.text);
  if (place == nullptr) co_return refuse(faults::internal());  // It was ended while it was opened.
  if (!opening) {
    client.remove_channel(name.text);
    co_return std::unexpected(refusal_of(opening.error()));
  }
  auto result = result_of(*opening, wish);
  place->follow(opening->log.conversation.id, {.epoch = result.epoch, .offset = result.offset},
                opening->log.hidden_through);
  co_return result;
}

struct StatusView {
  UserId user;
  std::vector<ConversationId> shared;
};

/// Enough that the end of one of them is no end of the news.
constexpr std::size_t kMostShared = 32;

/// Whose status it is, and conversations that the caller shares with that user; forbidden where there is none.
Result<StatusView> view_status(storage::Transaction& tx, core::Caller const& caller, std::string_view external_id) {
  auto const user = TRY(core::find_user(tx, caller.tenant, external_id));
  if (!user) return fail(Errc::forbidden, "no such contact");
  auto const own = TRY(core::list_joined_ids(tx, caller.tenant, caller.user));
  auto const theirs = TRY(core::list_joined_ids(tx, caller.tenant, user->id));
  std::vector<ConversationId> shared;
  std::ranges::set_intersection(own, theirs, std::back_inserter(shared));
  if (shared.empty() && user->id != caller.user) return fail(Errc::forbidden, "no such contact");
  if (shared.size() > kMostShared) shared.resize(kMostShared);
  return StatusView{user->id, std::move(shared)};
}

Task<Outcome<SubscribeResult>> open_status_channel(Client& client, std::string name, std::string external_id,
                                                   SubscriptionWish const& wish) {
  auto& services = client.gateway().services;
  auto const caller = client.caller();
  auto const view = co_await api::read(services, client.executor(),
                                       [&](storage::Transaction& tx) { return view_status(tx, caller, external_id); });
  auto* const channel = client.find_channel(name);
  if (channel == nullptr) co_return refuse(faults::internal());
  if (!view) {
    client.remove_channel(name);
    co_return std::unexpected(refusal_of(view.error()));
  }
  channel->follow_status(view->shared, client);
  SubscribeResult result;
  result.ends_at = wish.ends_at;
  JsonWriter out;
  bool const is_online = services.presence.is_online(caller.tenant, view->user);
  out.begin_object().field("userId", external_id).field("status", is_online ? "online" : "offline").end_object();
  result.data = out.take();
  co_return result;
}

struct HeldChannel {
  ChannelName name;
  std::uint64_t hold = 0;
};

std::vector<HeldChannel> hold_what_depends_on_sight(Client const& client) {
  std::vector<HeldChannel> held;
  for (auto const& name : client.channel_names()) {
    auto* const channel = client.find_channel(name);
    if (channel->depends_on_sight()) held.push_back({channel->name(), channel->hold()});
  }
  return held;
}

/// Whether the channel would be opened for the caller.
Result<bool> may_follow(storage::Transaction& tx, core::Caller const& caller, ChannelName const& name) {
  auto why_not = [&]() -> Result<void> {
    if (name.kind == ChannelKind::status) TRY(view_status(tx, caller, name.rest));
    if (name.kind != ChannelKind::status) TRY(find_log(tx, caller, name));
    return {};
  }();
  if (why_not) return true;
  auto const code = why_not.error().code;
  if (code == Errc::forbidden || code == Errc::not_found) return false;
  return std::unexpected(std::move(why_not).error());
}

/// Those of the channels that the caller, as it is now, may not follow.
Result<std::vector<std::string>> find_lost(storage::Transaction& tx, core::Caller const& caller,
                                           std::vector<HeldChannel> const& held) {
  auto const now = core::caller_now(tx, caller);
  bool const is_nobody = !now && now.error().code == Errc::not_found;
  if (!now && !is_nobody) return std::unexpected(now.error());
  std::vector<std::string> lost;
  for (auto const& [name, hold] : held) {
    if (is_nobody || !TRY(may_follow(tx, *now, name))) lost.push_back(name.text);
  }
  return lost;
}

}  // namespace

Task<Outcome<SubscribeResult>> open_channel(Client& client, SubscriptionWish wish) {
  if (wish.channel.size() > kMaxChannelBytes) co_return refuse(faults::bad_request());
  auto const name = parse_channel(wish.channel, client.tenant());
  if (client.find_channel(wish.channel) != nullptr) co_return refuse(faults::already_subscribed());
  if (client.channel_count() >= client.gateway().options.max_channels) co_return refuse(faults::limit_exceeded());
  if (auto refusal = refusal_by_name(client, name, wish)) co_return std::unexpected(*std::move(refusal));
  client.add_channel(terms_of(name, wish));
  auto result = name.has_log() ? co_await open_log_channel(client, name, wish)
                               : co_await open_status_channel(client, name.text, name.rest, wish);
  if (!result) co_return result;
  auto* const opened = client.find_channel(name.text);
  bool const is_shared = name.kind == ChannelKind::chat || name.kind == ChannelKind::custom;
  if (is_shared) opened->enter(client.info());
  client.watch_channel_end(name.text);
  co_return result;
}

Task<Outcome<SubscriptionWish>> apply_token(Client& client, SubscriptionWish wish, std::string token) {
  auto const claims =
      co_await api::verify_realtime_token(client.gateway().services.authenticator, std::move(token), client.executor());
  if (!claims) {
    if (claims.error().code == Errc::unavailable) co_return refuse(faults::internal());
    bool const is_expired = claims.error().field == api::kCredentialExpired;
    co_return refuse(is_expired ? faults::token_expired() : faults::permission_denied());
  }
  bool const is_for_us = claims->tenant->tenant.id == client.caller().tenant &&
                         claims->user == client.caller().external_id && claims->channel == wish.channel;
  if (!is_for_us) co_return drop(disconnects::invalid_token());
  wish.has_token = true;
  // Ours was given to a user who could see the channel then; a backend's own is its word.
  wish.is_granted = !claims->is_own;
  wish.ends_at = claims->grant.expires_at;
  wish.overrides = claims->overrides;
  co_return wish;
}

Task<void> recheck_channels(std::shared_ptr<Client> client) {
  if (!client->is_connected()) co_return;
  auto const held = hold_what_depends_on_sight(*client);
  if (held.empty()) co_return;
  auto& services = client->gateway().services;
  auto& executor = client->executor();
  auto const caller = client->caller();
  auto const look = [&](storage::Transaction& tx) { return find_lost(tx, caller, held); };
  auto lost = co_await api::read(services, executor, look);
  while (!lost && client->is_open()) {
    log::warn("the channels of a client cannot be looked at: {}", lost.error().message);
    co_await callback<bool>(executor, [&](auto resume) {
      executor.call_after(kWaitAfterFailure, [resume = std::move(resume)]() mutable { resume(true); });
    });
    lost = co_await api::read(services, executor, look);
  }
  if (!client->is_open()) co_return;
  for (auto const& name : *lost) client->leave_channel(name, unsubscriptions::kServer);
  for (auto const& [name, hold] : held) {
    if (auto* const channel = client->find_channel(name.text)) channel->release(hold);
    if (!client->is_open()) co_return;
  }
}

}  // namespace parlance::centrifugo
