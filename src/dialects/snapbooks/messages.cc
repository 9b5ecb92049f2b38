#include "dialects/snapbooks/messages.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "api/await.h"
#include "api/identity.h"
#include "core/drafts.h"
#include "core/message_log.h"
#include "core/messages.h"
#include "dialects/snapbooks/runs.h"
#include "dialects/snapbooks/views.h"
#include "dialects/snapbooks/wire.h"

namespace parlance::snapbooks {
namespace {

/// What a post or a patch has led to.
using Saved = std::variant<ShownMessage, core::Draft>;

std::string saved_text(Saved const& saved) {
  JsonWriter out;
  if (auto const* draft = std::get_if<core::Draft>(&saved)) {
    write_draft(out, *draft);
  } else {
    write_message(out, std::get<ShownMessage>(saved));
  }
  return out.take();
}

Result<Saved> save(storage::Transaction& tx, core::Caller const& caller, ConversationId thread,
                   NewMessage const& body) {
  TRY(core::require_account_thread(tx, caller, thread, core::Action::send));
  if (body.is_draft.value_or(false)) return Saved(TRY(core::save_draft(tx, caller, thread, body.message)));
  auto sent = TRY(core::send_message(tx, caller, {.conversation = thread, .text = body.message}));
  return Saved(ShownMessage{std::move(sent.message), {}});
}

Result<Saved> change_draft(storage::Transaction& tx, core::Caller const& caller, core::Draft draft,
                           MessageChange const& body) {
  if (body.message) draft = TRY(core::change_draft(tx, caller, std::move(draft), *body.message));
  if (body.is_draft.value_or(true)) return Saved(std::move(draft));
  return Saved(ShownMessage{TRY(core::send_draft(tx, caller, draft)), {}});
}

Result<Saved> change(storage::Transaction& tx, core::Caller const& caller, ConversationId thread, MessageId id,
                     MessageChange const& body) {
  auto const met = TRY(core::require_account_thread(tx, caller, thread, core::Action::send));
  if (auto draft = TRY(core::find_draft(tx, caller, thread, id))) {
    return change_draft(tx, caller, *std::move(draft), body);
  }
  auto const message = TRY(core::read_message(tx, met.encounter, id, core::Tombstones::skip));
  if (message.sender != caller.user) return fail(Errc::forbidden, "only its author may edit a message");
  if (body.is_draft.value_or(false)) return invalid("is_draft", "what was sent is no draft any more");
  if (body.message) TRY(core::edit_message(tx, caller, thread, id, {.text = body.message}));
  return Saved(TRY(view_message(tx, caller, thread, id)));
}

/// The id and text of a message that is new in the log; empty for what is a draft still.
struct Posted {
  MessageId id;
};
std::optional<Posted> posted_in(Saved const& saved) {
  auto const* shown = std::get_if<ShownMessage>(&saved);
  return shown ? std::optional(Posted{shown->message.id}) : std::nullopt;
}

/// The message again once its programs have ended.
Task<Result<http::Response>> answer_after_runs(Dialect& dialect, http::Request& request, ConversationId thread,
                                               Posted posted, std::string_view text, int status) {
  co_await wait_for_runs(dialect, request, thread, text);
  auto const shown = CO_TRY(co_await api::read(dialect.services, request.executor(), [&](storage::Transaction& tx) {
    return view_message(tx, api::caller_of(request), thread, posted.id);
  }));
  co_return http::Response::json(status, saved_text(shown));
}

/// A page of what the detail of a thread shows: its messages, and behind the last one the caller's own drafts.
struct MessagePage {
  std::vector<ShownMessage> messages;
  std::vector<core::Draft> drafts;
  std::int64_t total = 0;  ///< on all pages
};

Result<std::int64_t> count_messages(storage::Transaction& tx, core::Encounter const& encounter) {
  auto const& conversation = encounter.conversation;
  return tx.one(
      "SELECT COUNT(*) FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND deleted_at = 0 AND seq > $3",
      {conversation.tenant, conversation.id, core::hidden_through(encounter)},
      [](storage::Row const& row) { return row.integer(0); });
}

Result<MessagePage> read_page(storage::Transaction& tx, core::Caller const& caller, ConversationId thread,
                              Page const& page) {
  auto const met = TRY(core::require_account_thread(tx, caller, thread, core::Action::see));
  auto const sent = TRY(count_messages(tx, met.encounter));
  auto messages =
      TRY(core::read_messages(tx, met.encounter, {.after_seq = 0, .limit = page.size, .offset = page.offset()}));
  auto drafts = TRY(core::list_drafts(tx, caller, thread));
  auto const draft_count = std::ssize(drafts);
  auto const first = std::clamp<std::int64_t>(page.offset() - sent, 0, draft_count);
  auto const last = std::min(draft_count, first + page.size - std::ssize(messages));
  return MessagePage{TRY(with_results(tx, caller.tenant, std::move(messages))),
                     {std::move_iterator(drafts.begin() + first), std::move_iterator(drafts.begin() + last)},
                     sent + draft_count};
}

}  // namespace

/// GET /chat/threads/{thread_id}/messages: ours; the contract has them only inside of their thread.
Task<Result<http::Response>> list_messages(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(thread_in_path(request));
  auto const page = CO_TRY(page_of(request));
  auto const found = CO_TRY(co_await api::read(dialect.services, request.executor(), [&](storage::Transaction& tx) {
    return read_page(tx, api::caller_of(request), id, page);
  }));
  JsonWriter out;
  out.begin_object().key("data").begin_array();
  for (auto const& message : found.messages) write_message(out, message);
  for (auto const& draft : found.drafts) write_draft(out, draft);
  write_pagination(out.end_array(), page, found.total);
  co_return http::Response::json(200, out.end_object().take());
}

/// POST /chat/threads/{thread_id}/messages
Task<Result<http::Response>> add_message(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(thread_in_path(request));
  auto const body = CO_TRY(http::decode_body<NewMessage>(request));
  std::optional<Posted> posted;
  auto const verb = [&](storage::Transaction& tx) -> Result<Saved> {
    auto saved = TRY(save(tx, api::caller_of(request), id, body));
    posted = posted_in(saved);
    return saved;
  };
  auto answer = CO_TRY(co_await api::perform(dialect.services, request, id.value, verb, [](Saved const& saved) {
    return http::Response::json(201, saved_text(saved));
  }));
  if (!posted) co_return answer;
  co_return co_await answer_after_runs(dialect, request, id, *posted, body.message, 201);
}

/// PATCH /chat/threads/{thread_id}/messages/{message_id}
Task<Result<http::Response>> update_message(Dialect& dialect, http::Request& request) {
  auto const thread = CO_TRY(thread_in_path(request));
  auto const id = CO_TRY(message_in_path(request));
  auto const body = CO_TRY(http::decode_body<MessageChange>(request));
  auto const saved =
      CO_TRY(co_await api::write(dialect.services, request.executor(), thread.value, [&](storage::Transaction& tx) {
        return change(tx, api::caller_of(request), thread, id, body);
      }));
  auto const posted = posted_in(saved);
  bool const was_sent = posted && body.is_draft && !*body.is_draft;
  if (!was_sent) co_return http::Response::json(200, saved_text(saved));
  auto const text = std::get<ShownMessage>(saved).message.text;
  co_return co_await answer_after_runs(dialect, request, thread, *posted, text, 200);
}

}  // namespace parlance::snapbooks
