#include "api/await.h"
#include "base/glob.h"
#include "core/streams.h"
#include "core/users.h"
#include "dialects/centrifugo/channel_log.h"
#include "dialects/centrifugo/commands.h"
#include "dialects/centrifugo/presence_text.h"
#include "dialects/centrifugo/server_api.h"

/// presence, presence_stats, history, history_remove, channels, info.
namespace parlance::centrifugo {
namespace {

std::expected<ChannelName, Fault> channel_of(ApiCall const& call) {
  auto const text = required_text(call.body, "channel");
  if (!text) return std::unexpected(text.error());
  auto name = parse_channel(*text, call.identity.tenant->tenant);
  if (name.kind == ChannelKind::unknown) return std::unexpected(faults::unknown_channel());
  return name;
}

std::expected<ChannelName, Fault> shared_channel_of(ApiCall const& call) {
  auto name = channel_of(call);
  if (name && name->kind != ChannelKind::chat && name->kind != ChannelKind::custom)
    return std::unexpected(faults::not_available());
  return name;
}

/// The backend reads a user's own channel as that user.
Result<core::Caller> reader_of(storage::Transaction& tx, ApiCall const& call, ChannelName const& name) {
  core::Caller caller{.tenant = call.tenant(), .is_backend = true};
  if (name.kind != ChannelKind::user) return caller;
  auto const user = TRY(core::find_user(tx, call.tenant(), name.rest));
  if (!user) return fail(Errc::not_found, "no such user");
  caller.user = user->id;
  return caller;
}

}  // namespace

Task<ApiOutcome> api_presence(Gateway& gateway, ApiCall const& call) {
  auto const name = shared_channel_of(call);
  if (!name) co_return std::unexpected(name.error());
  auto const all = co_await gateway.peers.ask(call.executor, call.tenant(), Question::occupants, name->text);
  co_return presence_text(all.occupants);
}

Task<ApiOutcome> api_presence_stats(Gateway& gateway, ApiCall const& call) {
  auto const name = shared_channel_of(call);
  if (!name) co_return std::unexpected(name.error());
  auto const all = co_await gateway.peers.ask(call.executor, call.tenant(), Question::occupants, name->text);
  co_return presence_stats_text(all.occupants);
}

Task<ApiOutcome> api_history(Gateway& gateway, ApiCall const& call) {
  auto const name = channel_of(call);
  if (!name) co_return std::unexpected(name.error());
  if (!name->has_log()) co_return std::unexpected(faults::not_available());
  auto const wish = history_wish(call.body);
  if (!wish) co_return std::unexpected(faults::bad_request());
  auto const page =
      co_await api::read(gateway.services, call.executor, [&](storage::Transaction& tx) -> Result<LogPage> {
        auto const caller = TRY(reader_of(tx, call, *name));
        auto const log = TRY(find_log(tx, caller, *name));
        // Nothing has been published yet.
        if (!log) return LogPage{};
        return read_history(tx, *log, *wish);
      });
  if (!page) {
    bool const is_absent = page.error().code == Errc::not_found;
    co_return std::unexpected(is_absent ? faults::unknown_channel() : fault_of(page.error()));
  }
  if (!page->is_recoverable) co_return std::unexpected(faults::unrecoverable_position());
  co_return history_text(*page);
}

Task<ApiOutcome> api_history_remove(Gateway& gateway, ApiCall const& call) {
  auto const name = channel_of(call);
  if (!name) co_return std::unexpected(name.error());
  // The history of a chat is its messages.
  if (name->kind != ChannelKind::custom) co_return std::unexpected(faults::permission_denied());
  auto const done = co_await api::write(gateway.services, call.executor, call.tenant().value,
                                        [&](storage::Transaction& tx) -> Result<void> {
                                          auto const stream = TRY(core::find_stream(tx, call.tenant(), name->text));
                                          if (!stream) return {};
                                          return core::clear_stream(tx, call.tenant(), stream->id);
                                        });
  if (!done) co_return std::unexpected(fault_of(done.error()));
  co_return "{}";
}

Task<ApiOutcome> api_channels(Gateway& gateway, ApiCall const& call) {
  auto const pattern = text_member(call.body, "pattern");
  if (!pattern || pattern->size() > kMaxChannelBytes) co_return std::unexpected(faults::bad_request());
  auto const all = co_await gateway.peers.ask(call.executor, call.tenant(), Question::channels);
  JsonWriter out;
  out.begin_object().key("channels").begin_object();
  for (auto const& [name, clients] : all.channels) {
    if (!pattern->empty() && !matches_glob(name, *pattern)) continue;
    out.key(name).begin_object().field("num_clients", clients).end_object();
  }
  out.end_object().end_object();
  co_return out.take();
}

Task<ApiOutcome> api_info(Gateway& gateway, ApiCall const& call) {
  auto const all = co_await gateway.peers.ask(call.executor, call.tenant(), Question::node);
  JsonWriter out;
  out.begin_object().key("nodes").begin_array();
  for (auto const& node : all.nodes) {
    out.begin_object().field("uid", node.node).field("name", "parlance").field("version", node.version);
    out.field("num_clients", node.clients).field("num_users", node.users).field("num_channels", node.channels);
    out.field("num_subs", node.subscriptions).field("uptime", node.uptime).end_object();
  }
  out.end_array().end_object();
  co_return out.take();
}

}  // namespace parlance::centrifugo
