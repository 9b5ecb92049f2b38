#include "dialects/centrifugo/relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/realtime_tokens.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/raw_json.h"
#include "base/text.h"
#include "core/conversations.h"
#include "core/events.h"
#include "core/leases.h"
#include "core/users.h"
#include "dialects/centrifugo/replies.h"

namespace parlance::centrifugo {
namespace {

/// Conversations in memory; what is due beyond them is found in the database.
constexpr std::size_t kMaxQueue = 10'000;

/// Bytes of publications in one call.
constexpr std::size_t kMaxBatchBytes = 512 << 10;

constexpr std::string_view kLease = "relay";

struct Publication {
  std::int64_t offset = 0;
  std::string command;  ///< {"publish":{…}}
};

Result<std::string> channel_of(storage::Transaction& tx, model::Conversation const& conversation) {
  if (conversation.kind != model::ConversationKind::stream) return api::chat_channel(conversation.id);
  constexpr std::string_view kPersonal = "user:";
  if (!conversation.unique_key.starts_with(kPersonal)) return conversation.unique_key;
  auto const user = parse_integer(std::string_view(conversation.unique_key).substr(kPersonal.size()));
  auto const found = TRY(core::get_user(tx, conversation.tenant, UserId{user.value_or(0)}));
  return api::user_channel(found.external_id);
}

/// Empty where the event says nothing.
std::string command_of(std::string_view channel, model::LiveEvent const& live) {
  auto const publication = publication_text(live);
  if (publication.empty()) return {};
  auto const& event = live.event;
  JsonWriter out;
  out.begin_object().key("publish").begin_object().field("channel", channel);
  out.field_raw("data", raw_member(publication, "data").value_or("null"));
  if (auto const tags = raw_member(publication, "tags")) out.field_raw("tags", *tags);
  out.field("idempotency_key", fmt::format("parlance:{}:{}:{}", event.conversation.value, event.epoch, event.offset));
  out.end_object().end_object();
  return out.take();
}

/// The code of the error in one reply of a batch; 0 where there is none.
std::int64_t error_code_of(boost::json::value const& reply) {
  auto const* error = reply.is_object() ? reply.get_object().if_contains("error") : nullptr;
  auto const* code = error != nullptr && error->is_object() ? error->get_object().if_contains("code") : nullptr;
  return code != nullptr && code->is_int64() ? code->get_int64() : 0;
}

/// Centrifugo's own trouble is worth another attempt; what it refuses will be refused again.
bool is_worth_another_try(std::int64_t code) { return code == 100 || code == 111; }

}  // namespace

struct Relay::Stretch {
  std::vector<Publication> publications;
  std::int64_t after = 0;    ///< the position that it begins behind
  std::int64_t through = 0;  ///< the last offset that was looked at
  bool has_more = false;
};

Relay::Relay(storage::WriteLanes& lanes, storage::ReadPool& reads, realtime::Broker& broker,
             outbound::HttpClient const& client, RelayOptions options)
    : lanes_(lanes), reads_(reads), broker_(broker), client_(client), options_(std::move(options)) {
  broker.on_event([this](model::LiveEvent const& live) { note(live.event); });
}

Relay::~Relay() { stop(); }

Result<void> Relay::start() {
  if (options_.api_url.empty()) return {};
  TRY(lanes_.run(0, core::begin_relaying));
  thread_ = std::thread([this] { run(); });
  return {};
}

void Relay::stop() {
  state_.with([](State& state) { state.is_stopping = true; });
  state_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Relay::note(model::Event const& event) {
  if (event.offset == 0 || options_.api_url.empty()) return;
  state_.with([&](State& state) {
    if (!state.known.insert({event.tenant.value, event.conversation.value}).second) return;
    if (state.queue.size() < kMaxQueue) {
      state.queue.push_back({event.tenant, event.conversation});
    } else {
      state.known.erase({event.tenant.value, event.conversation.value});
      state.must_look = true;
    }
  });
  state_.notify_all();
}

void Relay::run() {
  auto wait = options_.first_wait;
  while (wait_for_work()) {
    if (!is_its_turn()) {
      rest(options_.lease / 3);
      continue;
    }
    auto done = look_for_work();
    if (done) done = relay_next();
    if (done) {
      wait = options_.first_wait;
      continue;
    }
    log::warn("events could not be relayed: {}", done.error().message);
    rest(wait);
    wait = std::min(wait * 2, options_.longest_wait);
  }
  if (lease_ends_ == 0) return;
  auto const give_back = [&](storage::Transaction& tx) { return core::return_lease(tx, kLease, broker_.node()); };
  if (auto const done = lanes_.run(0, give_back); !done)
    log::warn("the relay's lease is not given back: {}", done.error().message);
}

/// Whether this node is the one to relay; it says so again well before its lease ends.
bool Relay::is_its_turn() {
  if (!broker_.bus_state().is_shared) return true;
  auto const time = monotonic_now();
  auto const lasts = std::chrono::microseconds(options_.lease).count();
  if (lease_ends_ - time > lasts * 2 / 3) return true;
  auto const taken = lanes_.run(
      0, [&](storage::Transaction& tx) { return core::take_lease(tx, kLease, broker_.node(), tx.now() + lasts); });
  if (!taken) log::warn("the relay's lease cannot be had: {}", taken.error().message);
  if (!taken || !*taken) {
    lease_ends_ = 0;
    return false;
  }
  // What has happened before is due to whoever has it now.
  if (lease_ends_ == 0) state_.with([](State& state) { state.must_look = true; });
  lease_ends_ = time + lasts;
  return true;
}

/// False where there is to be no more.
bool Relay::wait_for_work() {
  return state_.wait([](State const& state) { return state.is_stopping || state.must_look || !state.queue.empty(); },
                     [](State const& state) { return !state.is_stopping; });
}

Result<void> Relay::look_for_work() {
  bool const must_look = state_.with([](State const& state) { return state.must_look && state.queue.empty(); });
  if (!must_look) return {};
  // What comes from now on is noted by itself.
  state_.with([](State& state) { state.must_look = false; });
  auto found = reads_.run([](storage::Transaction& tx) { return core::list_unrelayed(tx, kMaxQueue); });
  if (!found) {
    state_.with([](State& state) { state.must_look = true; });
    return std::unexpected(std::move(found).error());
  }
  state_.with([&](State& state) {
    state.must_look = state.must_look || found->size() == kMaxQueue;
    for (auto const& which : *found)
      if (state.known.insert({which.tenant.value, which.conversation.value}).second) state.queue.push_back(which);
  });
  return {};
}

/// One stretch of the conversation that has waited longest. After a failure it waits behind the others.
Result<void> Relay::relay_next() {
  auto const which = state_.with([](State& state) -> std::optional<core::RelayedConversation> {
    if (state.queue.empty()) return std::nullopt;
    auto const first = state.queue.front();
    // Events from here on put it into the queue again.
    state.known.erase({first.tenant.value, first.conversation.value});
    return first;
  });
  if (!which) return {};
  auto const has_more = relay_stretch(*which);
  state_.with([&](State& state) {
    state.queue.pop_front();
    bool const comes_again = !has_more || *has_more;
    if (comes_again && state.known.insert({which->tenant.value, which->conversation.value}).second)
      state.queue.push_back(*which);
  });
  if (!has_more) return std::unexpected(has_more.error());
  return {};
}

Result<bool> Relay::relay_stretch(core::RelayedConversation const& which) {
  auto const stretch = TRY(read_stretch(which));
  auto const through = TRY(publish(stretch));
  if (through > stretch.after) {
    TRY(lanes_.run(which.conversation.value,
                   [&](storage::Transaction& tx) { return core::set_relayed_through(tx, which, through); }));
  }
  if (through < stretch.through) return fail(Errc::unavailable, "Centrifugo asks to try again");
  return stretch.has_more;
}

Result<Relay::Stretch> Relay::read_stretch(core::RelayedConversation const& which) {
  return reads_.run([&](storage::Transaction& tx) -> Result<Stretch> {
    Stretch stretch;
    auto const conversation = TRY(core::find_conversation(tx, which.tenant, which.conversation));
    if (!conversation) return stretch;  // Its tenant has gone.
    stretch.after = stretch.through = TRY(core::relayed_through(tx, which));
    auto page = TRY(core::read_events(tx, which.tenant, which.conversation, 0, stretch.through, options_.batch));
    if (page.reset) {
      log::warn("events of conversation {} were trimmed before they were relayed", which.conversation.value);
      stretch.through = page.last_offset;
      return stretch;
    }
    auto const channel = TRY(channel_of(tx, *conversation));
    std::size_t bytes = 0;
    for (auto const& live : page.events) {
      auto command = command_of(channel, live);
      bytes += command.size();
      if (bytes > kMaxBatchBytes && !stretch.publications.empty()) break;
      stretch.through = live.event.offset;
      if (!command.empty()) stretch.publications.push_back({live.event.offset, std::move(command)});
    }
    stretch.has_more = stretch.through < page.last_offset;
    return stretch;
  });
}

/// Up to which offset everything is acknowledged or refused for good.
Result<std::int64_t> Relay::publish(Stretch const& stretch) {
  if (stretch.publications.empty()) return stretch.through;
  outbound::CallOptions call;
  call.method = "POST";
  call.url = options_.api_url + "/batch";
  call.headers = {{"X-API-Key", options_.api_key}, {"Content-Type", "application/json"}};
  call.reach = outbound::Reach::anywhere;
  JsonWriter body;
  body.begin_object().key("commands").begin_array();
  for (auto const& publication : stretch.publications) body.raw(publication.command);
  body.end_array().end_object();
  call.body = body.take();
  auto const reply = TRY(client_.call(std::move(call)));
  if (reply.status != 200) return fail(Errc::unavailable, fmt::format("Centrifugo answers with {}", reply.status));
  auto const parsed = parse_json(reply.body);
  auto const* replies = parsed && parsed->is_object() ? parsed->get_object().if_contains("replies") : nullptr;
  bool const is_whole =
      replies != nullptr && replies->is_array() && replies->get_array().size() == stretch.publications.size();
  if (!is_whole) return fail(Errc::unavailable, "Centrifugo's answer is not understood");
  auto through = stretch.after;
  for (std::size_t i = 0; i < stretch.publications.size(); ++i) {
    auto const code = error_code_of(replies->get_array()[i]);
    if (is_worth_another_try(code)) return through;
    if (code != 0) log::warn("Centrifugo refuses an event with error {}; it is passed over", code);
    through = stretch.publications[i].offset;
  }
  return stretch.through;
}

void Relay::rest(std::chrono::milliseconds wait) {
  state_.wait_for(wait, [](State const& state) { return state.is_stopping; }, [](State const&) {});
}

}  // namespace parlance::centrifugo
