#include "dialects/anytype/messages.h"

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/message_log.h"
#include "core/messages.h"
#include "core/users.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/marks.h"
#include "dialects/anytype/positions.h"
#include "dialects/anytype/viewer.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {
namespace {

struct History {
  std::vector<model::Message> messages;
  std::vector<MessageFlags> flags;
  Viewer viewer;
};

struct Shown {
  model::Message message;
  MessageFlags flags;
};

http::Response message_response(int status, Shown const& shown) {
  JsonWriter out;
  write_message(out.begin_object().key("message"), shown.message, shown.flags);
  return http::Response::json(status, out.end_object().take());
}

Result<core::MessageRange> range_of(http::Request const& request) {
  core::MessageRange range;
  range.limit = TRY(limit_of(request, 100));
  if (auto const after = request.query("after_order_id").value_or(""); !after.empty()) {
    range.after_seq = last_seq_up_to(after);
  } else if (auto const before = request.query("before_order_id").value_or(""); !before.empty()) {
    range.before_seq = first_seq_from(before);
  }
  return range;
}

/// Users whom mention marks name, by the id of a member of the chat's space or by identity; as everywhere, a user is
/// made on first use. The original lets marks mention other objects too: those have CIDs, and mention nobody.
Result<std::vector<UserId>> find_mentioned(storage::Transaction& tx, TenantId tenant, SpaceId space,
                                           std::vector<ChatMark> const& marks) {
  std::vector<UserId> users;
  for (auto const param : mentions_in(marks)) {
    auto const identity = parse_participant(space, param);
    bool const is_user = identity && !identity->starts_with("bafy") && core::check_external_id(*identity, "param");
    if (is_user) users.push_back(TRY(core::ensure_user(tx, tenant, *identity)).id);
  }
  return users;
}

Result<void> check_text(std::string_view text) {
  if (text.empty()) return invalid("text", "text must not be empty");
  return {};
}

Result<core::NewMessage> new_message(NewChatMessage const& body) {
  TRY(check_text(body.text));
  auto const marks = body.marks.value_or(std::vector<ChatMark>());
  TRY(check_marks(body.text, marks));
  core::NewMessage input;
  input.text = body.text;
  input.style = parse_style(body.style.value_or(""));
  input.marks = format_marks(marks);
  if (auto const reply = body.reply_to_message_id.value_or(""); !reply.empty()) {
    auto const id = api::parse_cid(api::CidType::message, reply);
    if (!id) return invalid("reply_to_message_id", "reply_to_message_id is not the id of a message");
    input.reply_to = {*id};
  }
  if (body.attachments) input.attachments = attachments_from(*body.attachments);
  return input;
}

Result<core::MessageEdit> message_edit(ChatMessageChange const& body) {
  TRY(check_text(body.text));
  auto const marks = body.marks.value_or(std::vector<ChatMark>());
  TRY(check_marks(body.text, marks));
  core::MessageEdit edit;
  edit.text = body.text;
  if (body.style) edit.style = parse_style(*body.style);
  edit.marks = format_marks(marks);
  if (body.attachments) edit.attachments = attachments_from(*body.attachments);
  return edit;
}

}  // namespace

Task<Result<http::Response>> list_messages(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const range = CO_TRY(range_of(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<History> {
    auto const encounter = TRY(meet_chat(tx, caller, path));
    History history;
    history.viewer = TRY(read_viewer(tx, caller, encounter));
    history.messages = TRY(core::read_messages(tx, encounter, range));
    history.flags = TRY(read_flags(tx, caller, path.chat, history.viewer.read, history.messages));
    return history;
  };
  auto const history = CO_TRY(co_await api::read(services, request.executor(), verb));
  JsonWriter out;
  out.begin_object().key("messages").begin_array();
  for (std::size_t i = 0; i < history.messages.size(); ++i) write_message(out, history.messages[i], history.flags[i]);
  write_state(out.end_array().key("state"), history.viewer);
  co_return http::Response::json(200, out.end_object().take());
}

Task<Result<http::Response>> get_message(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  auto const& caller = api::caller_of(request);
  auto const shown =
      CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) -> Result<Shown> {
        auto const encounter = TRY(meet_chat(tx, caller, path));
        Shown found{.message =
                        TRY(or_not_found(core::read_message(tx, encounter, id, core::Tombstones::skip), "message"))};
        found.flags = TRY(read_flags(tx, caller, path.chat, read_set_of(encounter), {found.message})).front();
        return found;
      }));
  co_return message_response(200, shown);
}

Task<Result<http::Response>> send_message(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const body = CO_TRY(read_body<NewChatMessage>(request));
  auto const input = CO_TRY(new_message(body));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<Shown> {
    auto message = input;
    message.conversation = TRY(meet_chat(tx, caller, path)).conversation.id;
    if (body.marks) message.mentions = TRY(find_mentioned(tx, caller.tenant, path.space, *body.marks));
    return Shown{TRY(in_contract_words(core::send_message(tx, caller, message))).message, kOwnMessage};
  };
  co_return co_await api::perform(services, request, path.chat.value, verb,
                                  [](Shown const& shown) { return message_response(201, shown); });
}

Task<Result<http::Response>> edit_message(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  auto const body = CO_TRY(read_body<ChatMessageChange>(request));
  auto const edit = CO_TRY(message_edit(body));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<Shown> {
    TRY(meet_chat(tx, caller, path));
    auto change = edit;
    change.mentions = TRY(find_mentioned(tx, caller.tenant, path.space, body.marks.value_or(std::vector<ChatMark>())));
    return Shown{TRY(or_not_found(core::edit_message(tx, caller, path.chat, id, change), "message")), kOwnMessage};
  };
  co_return message_response(200, CO_TRY(co_await api::write(services, request.executor(), path.chat.value, verb)));
}

Task<Result<http::Response>> delete_message(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<model::Message> {
    TRY(meet_chat(tx, caller, path));
    return or_not_found(core::delete_message(tx, caller, path.chat, id, core::DeleteRight::author_only), "message");
  };
  CO_TRY(co_await api::write(services, request.executor(), path.chat.value, verb));
  co_return http::Response::empty();
}

}  // namespace parlance::anytype
