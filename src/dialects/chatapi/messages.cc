#include "dialects/chatapi/messages.h"

#include <limits>

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "base/raw_json.h"
#include "core/message_log.h"
#include "core/messages.h"
#include "core/permissions.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {
namespace {

http::Response sent_response(core::SentMessage const& sent) {
  auto const& message = sent.message;
  JsonWriter out;
  out.begin_object().field("message_id", api::spell_message(message.id)).field("seq", message.seq);
  out.field("created_at", format_rfc3339(message.created_at));
  return http::Response::json(201, out.end_object().take());
}

template <typename T>
Result<T> in_contract_words(Result<T> result) {
  if (!result) return std::unexpected(in_words_of_the_contract(std::move(result).error()));
  return result;
}

}  // namespace

Task<Result<http::Response>> send_message(api::Services& services, http::Request& request) {
  core::NewMessage input;
  input.conversation = CO_TRY(room_in_path(request));
  auto body = CO_TRY(read_body<NewRoomMessage>(request));
  CO_TRY(check_content(body.content));
  input.text = std::move(body.content);
  input.meta = raw_member(request.body, "meta").value_or("");
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) { return core::send_message(tx, caller, input); };
  co_return in_contract_words(co_await api::perform(services, request, input.conversation.value, verb, sent_response));
}

Task<Result<http::Response>> list_messages(api::Services& services, http::Request& request) {
  auto const id = CO_TRY(room_in_path(request));
  auto const page = CO_TRY(page_of(request));
  core::MessageRange range;
  range.after_seq = CO_TRY(number_in_query(request, "after_seq", 0, 0, std::numeric_limits<std::int64_t>::max()));
  range.limit = page.limit;
  range.offset = page.offset;
  auto const verb = [&](storage::Transaction& tx) -> Result<std::vector<model::Message>> {
    auto const encounter = TRY(core::require(tx, api::caller_of(request), id, core::Action::see));
    return core::read_messages(tx, encounter, range);
  };
  auto const messages = CO_TRY(co_await api::read(services, request.executor(), verb));
  JsonWriter out;
  out.begin_array();
  for (auto const& message : messages) write_message(out, message);
  co_return http::Response::json(200, out.end_array().take());
}

Task<Result<http::Response>> edit_message(api::Services& services, http::Request& request) {
  auto const room = CO_TRY(room_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  auto const body = CO_TRY(read_body<MessageChange>(request));
  CO_TRY(check_content(body.content));
  core::MessageEdit edit;
  edit.text = body.content;
  auto const message = CO_TRY(
      in_contract_words(co_await api::write(services, request.executor(), room.value, [&](storage::Transaction& tx) {
        return core::edit_message(tx, api::caller_of(request), room, id, edit);
      })));
  JsonWriter out;
  write_message(out, message);
  co_return http::Response::json(200, out.take());
}

Task<Result<http::Response>> delete_message(api::Services& services, http::Request& request) {
  auto const room = CO_TRY(room_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  CO_TRY(co_await api::write(services, request.executor(), room.value, [&](storage::Transaction& tx) {
    return core::delete_message(tx, api::caller_of(request), room, id, core::DeleteRight::author_only);
  }));
  co_return http::Response::empty();
}

}  // namespace parlance::chatapi
