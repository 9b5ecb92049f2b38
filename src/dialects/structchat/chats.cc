#include "dialects/structchat/chats.h"

#include <algorithm>

#include "api/await.h"
#include "core/message_log.h"
#include "core/message_place.h"
#include "core/messages.h"
#include "core/threads.h"
#include "core/users.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/handles.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

/// The conversation of a chat that the caller may read; not_found where the body names another one.
Result<core::Encounter> place_of(storage::Transaction& tx, core::Caller const& caller, MessageId chat,
                                 std::optional<ConversationId> named) {
  auto const id = TRY(core::conversation_of(tx, caller.tenant, chat));
  if (named && *named != id) return fail(Errc::not_found, "no such chat in this thread");
  return core::find_thread(tx, caller, id);
}

Result<std::string> chat_text(storage::Transaction& tx, core::Caller const& caller, MessageId id) {
  auto const encounter = TRY(place_of(tx, caller, id, std::nullopt));
  auto const message = TRY(core::read_message(tx, encounter, id, core::Tombstones::skip));
  JsonWriter out;
  write_chat(out.begin_object().key("chat"), message, Reactors::named);
  return out.field("ok", true).end_object().take();
}

struct Listing {
  ConversationId thread;
  MessageId before;
  std::int64_t count = 100;
};

Result<Listing> listing_of(http::Request const& request, ConversationId thread) {
  Listing listing{.thread = thread};
  listing.count = TRY(request.query_integer("num", 100, 1, 1000));
  auto const before = request.query("before");
  if (!before) return listing;
  auto const id = chat_id_of(*before);
  if (!id) return invalid("before", "before must be the id of a chat");
  listing.before = *id;
  return listing;
}

Result<std::string> list_text(storage::Transaction& tx, core::Caller const& caller, Listing const& listing) {
  auto const encounter = TRY(core::find_thread(tx, caller, listing.thread));
  core::MessageRange range{.limit = listing.count};
  if (listing.before) range.before_seq = TRY(core::first_seq_from(tx, encounter.conversation, listing.before));
  auto const messages = TRY(core::read_messages(tx, encounter, range));
  JsonWriter out;
  out.begin_object().key("chats").begin_array();
  for (auto message = messages.rbegin(); message != messages.rend(); ++message)
    write_chat(out, *message, Reactors::counted);
  return out.end_array().field("ok", true).end_object().take();
}

Result<core::MessageEdit> edit_of(storage::Transaction& tx, core::Caller const& caller, ChatChange const& body) {
  core::MessageEdit edit;
  edit.text = body.text;
  if (body.images) edit.attachments = TRY(attachments_of(tx, caller, *body.images));
  if (body.text) edit.mentions = TRY(core::existing_users(tx, caller.tenant, mentions_in(*body.text)));
  return edit;
}

}  // namespace

Task<Result<http::Response>> create_chat(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<NewChat>(request));
  auto const thread = CO_TRY(thread_id_of(body.thread_id));
  auto const verb = [&](storage::Transaction& tx) -> Result<std::string> {
    auto const& caller = viewer.caller;
    TRY(core::find_thread(tx, caller, thread));
    core::NewMessage input{.conversation = thread, .text = body.text};
    input.attachments = TRY(attachments_of(tx, caller, body.images.value_or(Texts{})));
    input.mentions = TRY(core::existing_users(tx, caller.tenant, mentions_in(body.text)));
    auto const sent = TRY(core::send_message(tx, caller, input));
    JsonWriter out;
    return out.begin_object().field("chat_id", spell(sent.message.id)).field("ok", true).end_object().take();
  };
  co_return co_await api::perform(gateway.services, request, thread.value, verb, reply);
}

Task<Result<http::Response>> update_chat(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ChatChange>(request));
  auto const chat = CO_TRY(chat_id_of(body.id));
  auto const bits = CO_TRY(read_chat_bits(body.bits));
  bool const deletes = bits.has("deleted");
  if (!deletes && !body.text && !body.images) co_return invalid("text", "text must say what the chat becomes");
  std::optional<ConversationId> named;
  if (body.thread_id) named = CO_TRY(thread_id_of(*body.thread_id));
  auto const& caller = viewer.caller;
  auto const place = CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return place_of(tx, caller, chat, named);
  }));
  auto const id = place.conversation.id;
  CO_TRY(co_await api::write(
      gateway.services, request.executor(), id.value, [&](storage::Transaction& tx) -> Result<model::Message> {
        if (deletes) return core::delete_message(tx, caller, id, chat, core::DeleteRight::author_or_moderator);
        return core::edit_message(tx, caller, id, chat, TRY(edit_of(tx, caller, body)));
      }));
  co_return reply(std::string(kOk));
}

Task<Result<http::Response>> get_chats(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const text = request.path_parameter("id");
  auto& executor = request.executor();
  if (api::struct_type_of(text) == api::StructType::chat) {
    auto const chat = CO_TRY(chat_id_of(text));
    co_return reply(CO_TRY(co_await api::read(
        gateway.services, executor, [&](storage::Transaction& tx) { return chat_text(tx, viewer.caller, chat); })));
  }
  auto const thread = CO_TRY(thread_id_of(text));
  auto const listing = CO_TRY(listing_of(request, thread));
  co_return reply(CO_TRY(co_await api::read(
      gateway.services, executor, [&](storage::Transaction& tx) { return list_text(tx, viewer.caller, listing); })));
}

}  // namespace parlance::structchat
