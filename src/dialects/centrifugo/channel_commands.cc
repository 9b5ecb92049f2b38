#include <set>

#include "api/await.h"
#include "dialects/centrifugo/channel_log.h"
#include "dialects/centrifugo/handlers.h"
#include "dialects/centrifugo/presence_text.h"

/// publish, presence, presence_stats, history, rpc.
namespace parlance::centrifugo {
namespace {

/// The channel of a command that only who is in it may give.
Outcome<Channel*> own_channel(Client const& client, Command const& command) {
  auto const name = command.text("channel");
  if (!name || name->empty()) return drop(disconnects::bad_request());
  if (parse_channel(*name, client.tenant()).kind == ChannelKind::unknown) return refuse(faults::unknown_channel());
  auto* const channel = client.find_channel(*name);
  if (channel == nullptr) return refuse(faults::permission_denied());
  return channel;
}

Outcome<Channel*> shared_channel(Client const& client, Command const& command) {
  auto channel = own_channel(client, command);
  if (!channel) return channel;
  auto const kind = (*channel)->name().kind;
  if (kind != ChannelKind::chat && kind != ChannelKind::custom) return refuse(faults::not_available());
  return channel;
}

Task<Answers> occupants_of(Client& client, std::string channel) {
  return client.gateway().peers.ask(client.executor(), client.caller().tenant, Question::occupants, std::move(channel));
}

}  // namespace

/// Messages are sent over REST or rpc, and publications come from the tenant's backend.
Task<Outcome<std::string>> handle_publish(Client& client, Command const& command) {
  auto const name = command.text("channel");
  if (!name || name->empty()) co_return drop(disconnects::bad_request());
  if (command.json("data").empty()) co_return refuse(faults::bad_request());
  bool const is_known = parse_channel(*name, client.tenant()).kind != ChannelKind::unknown;
  co_return refuse(is_known ? faults::permission_denied() : faults::unknown_channel());
}

Task<Outcome<std::string>> handle_presence(Client& client, Command const& command) {
  auto const channel = shared_channel(client, command);
  if (!channel) co_return std::unexpected(channel.error());
  co_return presence_text((co_await occupants_of(client, (*channel)->name().text)).occupants);
}

Task<Outcome<std::string>> handle_presence_stats(Client& client, Command const& command) {
  auto const channel = shared_channel(client, command);
  if (!channel) co_return std::unexpected(channel.error());
  co_return presence_stats_text((co_await occupants_of(client, (*channel)->name().text)).occupants);
}

Task<Outcome<std::string>> handle_history(Client& client, Command const& command) {
  auto const channel = own_channel(client, command);
  if (!channel) co_return std::unexpected(channel.error());
  auto const name = (*channel)->name();
  if (!name.has_log()) co_return refuse(faults::not_available());
  auto const wish = history_wish(command.body);
  if (!wish) co_return drop(disconnects::bad_request());
  bool const is_granted = (*channel)->terms().is_granted;
  auto const caller = is_granted && name.kind == ChannelKind::chat
                          ? core::Caller{.tenant = client.caller().tenant, .is_backend = true}
                          : client.caller();
  auto const page = co_await api::read(client.gateway().services, client.executor(),
                                       [&](storage::Transaction& tx) -> Result<LogPage> {
                                         auto const log = TRY(find_log(tx, caller, name));
                                         if (!log) return fail(Errc::not_found, "no such channel");
                                         return read_history(tx, *log, *wish);
                                       });
  if (!page) co_return std::unexpected(refusal_of(page.error()));
  if (!page->is_recoverable) co_return refuse(faults::unrecoverable_position());
  co_return history_text(*page);
}

Task<Outcome<std::string>> handle_rpc(Client& client, Command const& command) {
  auto const method = command.text("method");
  if (!method) co_return drop(disconnects::bad_request());
  auto const* const handler = client.gateway().rpc.find(*method);
  if (handler == nullptr) co_return refuse(faults::method_not_found());
  auto body = std::string(command.json("data"));
  if (body.empty()) body = "{}";
  auto parsed = parse_json(body);
  if (!parsed || !parsed->is_object()) co_return refuse(faults::bad_request());
  api::RpcCall call{client.identity(), std::move(parsed->get_object()), std::move(body), client.executor()};
  auto const reply = co_await (*handler)(std::move(call));
  if (!reply) co_return refuse(fault_of(reply.error()));
  co_return publication_text(*reply);  // {"data":…}
}

}  // namespace parlance::centrifugo
