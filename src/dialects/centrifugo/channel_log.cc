#include "dialects/centrifugo/channel_log.h"

#include <algorithm>
#include <limits>

#include "core/events.h"
#include "core/permissions.h"
#include "core/personal.h"
#include "core/streams.h"
#include "dialects/centrifugo/options.h"
#include "dialects/centrifugo/replies.h"

namespace parlance::centrifugo {
namespace {

Result<std::optional<ChannelLog>> find_chat(storage::Transaction& tx, core::Caller const& caller, ConversationId id) {
  if (!id) return fail(Errc::not_found, "no such conversation");
  auto encounter = TRY(core::require(tx, caller, id, core::Action::see));
  if (encounter.conversation.kind == model::ConversationKind::stream)
    return fail(Errc::not_found, "no such conversation");
  bool const is_since_join = encounter.conversation.history_mode == model::HistoryMode::since_join;
  auto const hidden_through = is_since_join && encounter.member ? encounter.member->joined_seq : 0;
  return ChannelLog{std::move(encounter.conversation), hidden_through};
}

std::optional<ChannelLog> log_of(std::optional<model::Conversation> stream) {
  if (!stream) return std::nullopt;
  return ChannelLog{*std::move(stream), 0};
}

/// Our epoch that a client's text means; 0 where it means whichever it is, empty where none of ours.
std::optional<std::int64_t> matching_epoch(ClientPosition const& position, std::int64_t current) {
  if (position.epoch.empty()) return 0;
  return position.epoch == std::to_string(current) ? std::optional(current) : std::nullopt;
}

bool add_publications(LogPage& page, std::vector<model::LiveEvent> const& events, std::int64_t hidden_through) {
  std::size_t bytes = 0;
  for (auto const& live : events) {
    auto text = is_hidden(live.event, hidden_through) ? std::string() : publication_text(live);
    bytes += text.size();
    if (bytes > kMaxPublicationBytes && !page.publications.empty()) return false;
    page.read_through = live.event.offset;
    if (!text.empty()) page.publications.push_back(std::move(text));
  }
  return true;
}

/// The offset below the oldest event that is still there.
Result<std::int64_t> oldest_position(storage::Transaction& tx, model::Conversation const& conversation) {
  auto const oldest = TRY(
      tx.first("SELECT position FROM events WHERE tenant_id = $1 AND conversation_id = $2 ORDER BY position LIMIT 1",
               {conversation.tenant, conversation.id}, [](storage::Row const& row) { return row.integer(0); }));
  return oldest ? *oldest - 1 : conversation.last_offset;
}

/// The offsets (after, through] that a history asks for.
struct Stretch {
  std::int64_t after = 0;
  std::int64_t through = 0;
};

Result<Stretch> stretch_of(storage::Transaction& tx, ChannelLog const& log, HistoryWish const& wish) {
  auto const oldest = TRY(oldest_position(tx, log.conversation));
  auto const last = log.conversation.last_offset;
  auto const since = wish.since ? static_cast<std::int64_t>(wish.since->offset) : 0;
  if (wish.is_reverse) {
    auto const through = wish.since && since > 0 ? std::min(since - 1, last) : last;
    return Stretch{std::max(oldest, through - wish.limit), through};
  }
  auto const after = wish.since ? since : oldest;
  return Stretch{after, std::min(last, after + wish.limit)};
}

}  // namespace

Result<std::optional<ChannelLog>> find_log(storage::Transaction& tx, core::Caller const& caller,
                                           ChannelName const& name) {
  switch (name.kind) {
    case ChannelKind::chat: return find_chat(tx, caller, name.conversation);
    case ChannelKind::user: {
      if (caller.user) return log_of(TRY(core::find_personal_stream(tx, caller.tenant, caller.user)));
      return fail(Errc::not_found, "no such user");
    }
    case ChannelKind::custom: return log_of(TRY(core::find_stream(tx, caller.tenant, name.text)));
    case ChannelKind::status:
    case ChannelKind::unknown: break;
  }
  return fail(Errc::not_found, "this channel has no log");
}

Result<ChannelLog> open_log(storage::Transaction& tx, core::Caller const& caller, ChannelName const& name) {
  if (auto found = TRY(find_log(tx, caller, name))) return *std::move(found);
  if (name.kind == ChannelKind::user)
    return ChannelLog{TRY(core::open_personal_stream(tx, caller.tenant, caller.user)), 0};
  return ChannelLog{TRY(core::open_stream(tx, caller.tenant, name.text)), 0};
}

bool is_hidden(model::Event const& event, std::int64_t hidden_through) {
  return event.message && event.kind != model::EventKind::personal && event.seq <= hidden_through;
}

Result<LogPage> read_missed(storage::Transaction& tx, ChannelLog const& log, ClientPosition const& since) {
  auto const& conversation = log.conversation;
  LogPage page{
      .epoch = conversation.epoch, .offset = conversation.last_offset, .read_through = conversation.last_offset};
  auto const epoch = matching_epoch(since, conversation.epoch);
  page.is_recoverable = epoch && since.offset <= static_cast<std::uint64_t>(conversation.last_offset);
  if (!page.is_recoverable) return page;
  auto const after = static_cast<std::int64_t>(since.offset);
  auto const found = TRY(core::read_events(tx, conversation.tenant, conversation.id, *epoch, after, kMaxPublications));
  page.is_recoverable = !found.reset;
  if (found.reset) return page;
  page.offset = found.last_offset;
  page.read_through = after;
  add_publications(page, found.events, log.hidden_through);
  return page;
}

Result<LogPage> read_history(storage::Transaction& tx, ChannelLog const& log, HistoryWish const& wish) {
  auto const& conversation = log.conversation;
  LogPage page{.epoch = conversation.epoch, .offset = conversation.last_offset};
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2);
  bool const is_ours = !wish.since || (matching_epoch(*wish.since, conversation.epoch) && wish.since->offset < kMost);
  page.is_recoverable = is_ours;
  if (!is_ours || wish.limit == 0) return page;
  auto const stretch = TRY(stretch_of(tx, log, wish));
  if (stretch.through <= stretch.after) {
    page.is_recoverable = stretch.after <= conversation.last_offset || wish.is_reverse;
    return page;
  }
  auto found = TRY(
      core::read_events(tx, conversation.tenant, conversation.id, 0, stretch.after, stretch.through - stretch.after));
  page.is_recoverable = !found.reset;
  if (wish.is_reverse) std::ranges::reverse(found.events);
  add_publications(page, found.events, log.hidden_through);
  return page;
}

}  // namespace parlance::centrifugo
