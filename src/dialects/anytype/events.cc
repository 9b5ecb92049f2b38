#include "dialects/anytype/events.h"

#include <fmt/format.h>

#include <string>

#include "api/spelling.h"
#include "base/json.h"
#include "dialects/anytype/positions.h"

namespace parlance::anytype {
namespace {

/// FormId: this dialect's number; the variant is the flags.
constexpr std::uint16_t kDialect = 1;

realtime::FormId form_of(MessageFlags flags) {
  auto const bits = (flags.read ? 1 : 0) | (flags.has_mention ? 2 : 0) | (flags.mention_read ? 4 : 0);
  return {kDialect, static_cast<std::uint16_t>(bits)};
}

std::string block(realtime::StreamPosition position, std::string_view name, std::string_view json) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", format_position(position), name, json);
}

realtime::StreamPosition position_of(model::Event const& event) { return {event.epoch, event.offset}; }

std::string message_block(model::LiveEvent const& live, std::string_view name, MessageFlags flags) {
  JsonWriter out;
  write_message(out.begin_object().field("type", name).key("message"), *live.message, flags);
  return block(position_of(live.event), name, out.end_object().text());
}

std::string deletion_block(model::Event const& event) {
  JsonWriter out;
  out.begin_object().field("type", "delete");
  out.field("deleted", api::spell_cid(api::CidType::message, event.message.value)).end_object();
  return block(position_of(event), "delete", out.text());
}

/// Empty for kinds without an event.
std::string_view name_of(model::EventKind kind) {
  switch (kind) {
    case model::EventKind::message_added: return "add";
    case model::EventKind::message_edited: return "update";
    case model::EventKind::message_deleted: return "delete";
    case model::EventKind::reaction_added:
    case model::EventKind::reaction_removed: return "reactions";
    default: return "";
  }
}

}  // namespace

http::SharedBuffer event_block(realtime::Delivery const& delivery, MessageFlags flags) {
  auto const name = name_of(delivery->event.kind);
  if (name.empty()) return nullptr;
  if (delivery->event.kind == model::EventKind::message_deleted) {
    return delivery.form(form_of({}), [&] { return deletion_block(delivery->event); });
  }
  if (!delivery->message || delivery->message->deleted_at != 0) return nullptr;
  return delivery.form(form_of(flags), [&] { return message_block(*delivery, name, flags); });
}

http::SharedBuffer state_block(realtime::StreamPosition position, Viewer const& viewer) {
  JsonWriter out;
  write_state(out.begin_object().field("type", "state").key("state"), viewer);
  return http::shared_buffer(block(position, "state", out.end_object().text()));
}

http::SharedBuffer initial_block(Start start, realtime::StreamPosition position, Viewer const& viewer,
                                 std::vector<model::Message> const& messages, std::vector<MessageFlags> const& flags) {
  JsonWriter out;
  out.begin_object().field("type", "initial");
  if (start == Start::reset) out.field("reset", true);
  if (!messages.empty()) {
    out.key("messages").begin_array();
    for (std::size_t i = 0; i < messages.size(); ++i) write_message(out, messages[i], flags[i]);
    out.end_array();
  }
  write_state(out.key("state"), viewer);
  return http::shared_buffer(block(position, "initial", out.end_object().text()));
}

http::SharedBuffer ping_block() {
  static auto const kPing = http::shared_buffer("event: ping\ndata:\n\n");
  return kPing;
}

}  // namespace parlance::anytype
