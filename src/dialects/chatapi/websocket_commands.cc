#include "dialects/chatapi/websocket_commands.h"

#include <algorithm>
#include <array>

#include "api/await.h"
#include "api/spelling.h"
#include "base/json.h"
#include "base/raw_json.h"
#include "base/text.h"
#include "core/messages.h"
#include "core/permissions.h"
#include "core/reads.h"
#include "dialects/chatapi/websocket_session.h"
#include "dialects/chatapi/wire.h"
#include "realtime/broker.h"

namespace parlance::chatapi {
namespace {

constexpr std::size_t kMaxRequestIdBytes = 128;

struct SendFields {
  std::string room_id;
  std::string content;
  std::optional<std::string> client_id;
};
BOOST_DESCRIBE_STRUCT(SendFields, (), (room_id, content, client_id))

struct RoomFields {
  std::string room_id;
};
BOOST_DESCRIBE_STRUCT(RoomFields, (), (room_id))

struct OptionalRoomFields {
  std::optional<std::string> room_id;
};
BOOST_DESCRIBE_STRUCT(OptionalRoomFields, (), (room_id))

/// Additive: only for a client that named its message, so that it can match it before the room's own frame arrives.
std::string sent_frame(model::Message const& message) {
  JsonWriter out;
  out.begin_object().field("type", "message.sent").field("client_id", message.client_id);
  out.field("room_id", api::spell_room(message.conversation));
  out.field("message_id", api::spell_message(message.id)).field("seq", message.seq);
  return out.field("created_at", format_rfc3339(message.created_at)).end_object().take();
}

/// `send_message`
Task<Result<void>> send_message(Session& session, ClientFrame const& frame) {
  auto fields = CO_TRY(http::decode<SendFields>(frame.fields));
  CO_TRY(check_content(fields.content));
  core::NewMessage input;
  input.conversation = CO_TRY(room_id_of(fields.room_id));
  input.text = std::move(fields.content);
  input.meta = frame.meta;
  input.client_id = fields.client_id.value_or("");
  auto const caller = session.caller();
  auto const sent =
      co_await api::write(session.services(), session.executor(), input.conversation.value,
                          [&](storage::Transaction& tx) { return core::send_message(tx, caller, input); });
  if (!sent) co_return std::unexpected(in_words_of_the_contract(sent.error()));
  if (fields.client_id) session.send_text(sent_frame(sent->message));
  co_return Result<void>();
}

/// `ack`
Task<Result<void>> acknowledge(Session& session, ClientFrame const& frame) {
  auto const fields = CO_TRY(http::decode<Ack>(frame.fields));
  auto const id = CO_TRY(room_id_of(fields.room_id));
  auto const verb = [&, caller = session.caller()](storage::Transaction& tx) {
    return core::acknowledge(tx, caller, id, fields.seq);
  };
  co_return co_await api::write(session.services(), session.executor(), id.value, verb);
}

Task<Result<void>> signal_typing(Session& session, ClientFrame const& frame, realtime::SignalKind kind) {
  auto const fields = CO_TRY(http::decode<RoomFields>(frame.fields));
  auto const id = CO_TRY(room_id_of(fields.room_id));
  if (!session.may_signal_typing()) co_return Result<void>();
  auto const caller = session.caller();
  if (!session.feeds().is_joined(id)) {
    CO_TRY(co_await api::read(session.services(), session.executor(), [&](storage::Transaction& tx) {
      return core::require(tx, caller, id, core::Action::send);
    }));
  }
  realtime::Signal signal;
  signal.tenant = caller.tenant;
  signal.kind = kind;
  signal.actor = caller.user;
  signal.actor_external_id = caller.external_id;
  signal.conversations = {id};
  signal.at = now();
  session.services().broker.send(std::move(signal));
  co_return Result<void>();
}

/// `typing.start`
Task<Result<void>> start_typing(Session& session, ClientFrame const& frame) {
  return signal_typing(session, frame, realtime::SignalKind::typing_started);
}

/// `typing.stop`
Task<Result<void>> stop_typing(Session& session, ClientFrame const& frame) {
  return signal_typing(session, frame, realtime::SignalKind::typing_stopped);
}

/// `subscribe`: own rooms are followed anyway; another that the user may see is followed from now on.
Task<Result<void>> subscribe(Session& session, ClientFrame const& frame) {
  auto const fields = CO_TRY(http::decode<OptionalRoomFields>(frame.fields));
  if (!fields.room_id) co_return Result<void>();
  auto const id = CO_TRY(room_id_of(*fields.room_id));
  auto const caller = session.caller();
  CO_TRY(co_await api::read(session.services(), session.executor(), [&](storage::Transaction& tx) {
    return core::require(tx, caller, id, core::Action::see);
  }));
  session.feeds().add(id);
  co_return Result<void>();
}

struct Command {
  std::string_view type;
  Task<Result<void>> (*run)(Session&, ClientFrame const&);
};

constexpr std::array kCommands{
    Command{"send_message", send_message}, Command{"ack", acknowledge},     Command{"typing.start", start_typing},
    Command{"typing.stop", stop_typing},   Command{"subscribe", subscribe},
};

std::string text_of(boost::json::object const& object, std::string_view name) {
  auto const* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Result<ClientFrame> parse_frame(std::string_view payload) {
  auto json = TRY(parse_json(payload));
  if (!json.is_object()) return fail(Errc::invalid_argument, "a frame must be a JSON object");
  auto const& object = json.get_object();
  ClientFrame frame;
  frame.type = text_of(object, "type");
  if (frame.type.empty()) return invalid("type", "type must be the name of a frame");
  frame.request_id = truncate_utf8(text_of(object, "request_id"), kMaxRequestIdBytes);
  auto const* const data = object.if_contains("data");
  if (data != nullptr && !data->is_object()) return invalid("data", "data must be an object");
  auto const text = data == nullptr ? payload : raw_member(payload, "data").value_or("{}");
  frame.meta = raw_member(text, "meta").value_or("");
  frame.fields = data == nullptr ? std::move(json) : boost::json::value(*data);
  return frame;
}

Task<Result<void>> run_command(Session& session, ClientFrame const& frame) {
  auto const found = std::ranges::find(kCommands, std::string_view(frame.type), &Command::type);
  if (found == kCommands.end()) co_return invalid("type", "unknown frame type");
  co_return co_await found->run(session, frame);
}

}  // namespace parlance::chatapi
