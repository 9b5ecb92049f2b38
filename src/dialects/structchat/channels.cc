#include "dialects/structchat/channels.h"

#include "api/await.h"
#include "core/channels.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

std::string channel_text(core::ChannelView const& view) {
  return data_reply([&](JsonWriter& out) { write_channel(out, view); });
}

/// Runs `verb`, which gives a channel, in the lane of `key`, and answers with the channel.
template <typename Verb>
Task<Result<http::Response>> change(Gateway& gateway, http::Request& request, std::int64_t key, Verb verb) {
  auto const viewed = [&](storage::Transaction& tx) -> Result<core::ChannelView> {
    return core::view_channel(tx, TRY(verb(tx)));
  };
  co_return co_await api::perform(gateway.services, request, key, viewed,
                                  [](core::ChannelView const& view) { return reply(channel_text(view)); });
}

/// What the bits ask for beside deleting. Where any is there, the contract wants one of the three modes.
Result<void> take_bits(core::ChannelChange& change, Bits const& bits) {
  change.mode = TRY(channel_mode_in(bits));
  change.auto_join = bits.get("chan_auto_join");
  if (bits.has("deleted")) return invalid("bits", "bits must not have deleted beside others");
  return {};
}

bool only_deletes(Bits const& bits) {
  bool const has_mode = bits.has("chan_member") || bits.has("chan_anyone") || bits.has("chan_hidden");
  return bits.has("deleted") && !has_mode;
}

}  // namespace

Task<Result<http::Response>> list_channels(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const views = CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return core::list_channels(tx, viewer.caller);
  }));
  co_return reply(data_reply([&](JsonWriter& out) {
    out.begin_array();
    for (auto const& view : views) write_channel(out, view);
    out.end_array();
  }));
}

Task<Result<http::Response>> create_channel(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<NewChannel>(request));
  auto const bits = CO_TRY(read_channel_bits(body.bits));
  core::NewChannel input;
  input.name = body.name;
  input.description = body.description.value_or("");
  input.mode = CO_TRY(channel_mode_in(bits));
  input.auto_join = bits.has("chan_auto_join");
  co_return co_await change(gateway, request, viewer.caller.tenant.value,
                            [&](storage::Transaction& tx) { return core::create_channel(tx, viewer.caller, input); });
}

Task<Result<http::Response>> update_channel(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ChannelUpdate>(request));
  auto const id = CO_TRY(channel_id_of(body.id));
  auto const bits = CO_TRY(read_channel_bits(body.bits));
  core::ChannelChange wanted{.name = body.name, .description = body.description};
  bool const deletes = only_deletes(bits);
  if (!bits.empty() && !deletes) CO_TRY(take_bits(wanted, bits));
  co_return co_await change(gateway, request, id.value, [&](storage::Transaction& tx) {
    return deletes ? core::delete_channel(tx, viewer.caller, id) : core::update_channel(tx, viewer.caller, id, wanted);
  });
}

Task<Result<http::Response>> set_channel_bits(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ChannelBits>(request));
  auto const id = CO_TRY(channel_id_of(body.id));
  core::ChannelChange wanted;
  auto const bits = CO_TRY(read_channel_bits(body.bits));
  CO_TRY(take_bits(wanted, bits));
  co_return co_await change(gateway, request, id.value, [&](storage::Transaction& tx) {
    return core::update_channel(tx, viewer.caller, id, wanted);
  });
}

Task<Result<http::Response>> join_channel(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ChannelRef>(request));
  auto const id = CO_TRY(channel_id_of(body.id));
  co_return co_await change(gateway, request, id.value,
                            [&](storage::Transaction& tx) { return core::join_channel(tx, viewer.caller, id); });
}

Task<Result<http::Response>> leave_channel(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ChannelRef>(request));
  auto const id = CO_TRY(channel_id_of(body.id));
  co_return co_await change(gateway, request, id.value,
                            [&](storage::Transaction& tx) { return core::leave_channel(tx, viewer.caller, id); });
}

}  // namespace parlance::structchat
