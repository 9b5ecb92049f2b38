#include "dialects/snapbooks/threads.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/await.h"
#include "api/identity.h"
#include "core/code_blocks.h"
#include "core/conversations.h"
#include "core/messages.h"
#include "core/spaces.h"
#include "dialects/snapbooks/runs.h"
#include "dialects/snapbooks/views.h"
#include "dialects/snapbooks/wire.h"
#include "search/index.h"
#include "search/thread_index.h"

namespace parlance::snapbooks {
namespace {

constexpr std::size_t kMaxFreeTextBytes = 1'000;

/// All are sent in one transaction.
constexpr std::size_t kMaxFirstMessages = 100;

/// "created_at", or "-created_at" for the other way round.
Result<void> read_order(std::string_view text, core::AccountThreadFilter& filter) {
  using enum core::AccountThreadOrder;
  auto const direction = text.starts_with('-') ? core::Direction::descending : core::Direction::ascending;
  auto const name = text.starts_with('-') ? text.substr(1) : text;
  filter.direction = direction;
  if (name == "id") {
    filter.order = id;
  } else if (name == "created_at") {
    filter.order = created_at;
  } else if (name == "last_message_created_at") {
    filter.order = last_message_at;
  } else if (name == "subject") {
    filter.order = subject;
  } else {
    return invalid("order_by",
                   "order_by must be id, created_at, last_message_created_at or subject, or one of these"
                   " after a minus");
  }
  return {};
}

std::optional<SpaceId> space_of(std::optional<std::int64_t> id) {
  return id ? std::optional(SpaceId{*id}) : std::nullopt;
}

Result<core::AccountThreadFilter> filter_of(http::Request const& request, Page const& page) {
  core::AccountThreadFilter filter;
  filter.space = space_of(TRY(integer_in_query(request, "client_account_id")));
  filter.provider_space = space_of(TRY(integer_in_query(request, "provider_client_account_id")));
  filter.relation_type = TRY(text_in_query(request, "relation_type"));
  filter.relation_id = TRY(integer_in_query(request, "relation_id"));
  filter.free_text = TRY(text_in_query(request, "free_text")).value_or("");
  if (filter.free_text.size() > kMaxFreeTextBytes) return invalid("free_text", "free_text is too long");
  if (auto const order = TRY(text_in_query(request, "order_by"))) TRY(read_order(*order, filter));
  filter.limit = page.size;
  filter.offset = page.offset();
  return filter;
}

/// Whether the caller may make threads in the account. not_found where there is no such account.
Result<bool> may_write_in(storage::Transaction& tx, core::Caller const& caller, SpaceId account) {
  auto const space = core::get_space(tx, caller, account);
  if (!space && space.error().code == Errc::not_found) return fail(Errc::not_found, "no such client account");
  if (!space && space.error().code != Errc::forbidden) return std::unexpected(space.error());
  auto const role = TRY(core::space_role(tx, caller, account));
  return role && *role <= model::SpaceRole::editor;
}

Result<core::NewConversation> conversation_of(storage::Transaction& tx, core::Caller const& caller,
                                              NewThread const& body, SpaceId default_account) {
  auto const client = space_of(body.client_account_id);
  auto const provider = space_of(body.provider_client_account_id);
  bool is_allowed = false;
  if (client && TRY(may_write_in(tx, caller, *client))) is_allowed = true;
  if (provider && TRY(may_write_in(tx, caller, *provider))) is_allowed = true;
  if (!client && !provider) is_allowed = TRY(may_write_in(tx, caller, default_account));
  if (!is_allowed) return fail(Errc::forbidden, "none of these client accounts is yours to write in");
  core::NewConversation input;
  input.kind = model::ConversationKind::thread;
  input.access = model::Access::space;
  input.space = client.value_or(provider.value_or(default_account));
  input.provider_space = provider.value_or(SpaceId{});
  input.subject = body.subject.value_or("");
  input.relation_type = body.relation_type.value_or("");
  input.relation_id = body.relation_id.value_or(0);
  input.members = {caller.user};
  return input;
}

std::vector<NewMessage> messages_of(NewThread const& body) {
  auto messages = body.messages.value_or(std::vector<NewMessage>());
  if (body.message) messages.insert(messages.begin(), {*body.message, false});
  return messages;
}

std::string detail_text(ShownThread const& shown) {
  JsonWriter out;
  write_thread_detail(out, shown);
  return out.take();
}

/// Which threads can hold the text. Not knowing it costs time, or the threads that were quiet for long.
Result<std::optional<std::vector<ConversationId>>> holders_of(search::MessageIndex& index, storage::Transaction& tx,
                                                              TenantId tenant, std::string const& text) {
  if (text.empty()) return std::nullopt;
  auto holders = index.threads().holding(tx, tenant, text);
  if (!holders && holders.error().code == Errc::unavailable) return std::nullopt;
  return holders;
}

}  // namespace

/// GET /chat/threads
Task<Result<http::Response>> list_threads(Dialect& dialect, http::Request& request) {
  auto const page = CO_TRY(page_of(request));
  auto filter = CO_TRY(filter_of(request, page));
  auto const found = CO_TRY(co_await api::read(
      dialect.services, request.executor(), [&](storage::Transaction& tx) -> Result<core::AccountThreadPage> {
        auto const& caller = api::caller_of(request);
        filter.among = TRY(holders_of(dialect.services.index, tx, caller.tenant, filter.free_text));
        return core::list_account_threads(tx, caller, filter);
      }));
  JsonWriter out;
  out.begin_object().key("data").begin_array();
  for (auto const& thread : found.threads) write_thread(out, thread);
  write_pagination(out.end_array(), page, found.total);
  co_return http::Response::json(200, out.end_object().take());
}

/// POST /chat/threads
Task<Result<http::Response>> create_thread(Dialect& dialect, http::Request& request) {
  auto const body = CO_TRY(http::decode_body<NewThread>(request));
  auto const& caller = api::caller_of(request);
  auto const default_account = api::identity_of(request).tenant->tenant.default_space;
  auto const messages = messages_of(body);
  if (messages.size() > kMaxFirstMessages) {
    co_return invalid("messages", fmt::format("a thread begins with at most {} messages", kMaxFirstMessages));
  }
  std::optional<ConversationId> made;
  auto const verb = [&](storage::Transaction& tx) -> Result<ShownThread> {
    auto const input = TRY(conversation_of(tx, caller, body, default_account));
    auto const id = TRY(core::create_conversation(tx, caller, input)).conversation.id;
    made = id;
    for (auto const& message : messages) {
      if (message.is_draft.value_or(false)) {
        TRY(core::save_draft(tx, caller, id, message.message));
      } else {
        TRY(core::send_message(tx, caller, {.conversation = id, .text = message.message}));
      }
    }
    return view_thread(tx, caller, id);
  };
  auto answer =
      CO_TRY(co_await api::perform(dialect.services, request, caller.tenant.value, verb, [](ShownThread const& shown) {
        return http::Response::json(201, detail_text(shown));
      }));
  auto const coded = std::ranges::find_if(
      messages, [](NewMessage const& message) { return !core::find_code_blocks(message.message).empty(); });
  if (!made || coded == messages.end()) co_return answer;
  co_await wait_for_runs(dialect, request, *made, coded->message);
  auto const shown = CO_TRY(co_await api::read(
      dialect.services, request.executor(), [&](storage::Transaction& tx) { return view_thread(tx, caller, *made); }));
  co_return http::Response::json(201, detail_text(shown));
}

/// GET /chat/threads/{thread_id}
Task<Result<http::Response>> get_thread(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(thread_in_path(request));
  auto const shown = CO_TRY(co_await api::read(dialect.services, request.executor(), [&](storage::Transaction& tx) {
    return view_thread(tx, api::caller_of(request), id);
  }));
  co_return http::Response::json(200, detail_text(shown));
}

/// PATCH /chat/threads/{thread_id}: ours; the contract names the attributes but no way to set them.
Task<Result<http::Response>> update_thread(Dialect& dialect, http::Request& request) {
  auto const id = CO_TRY(thread_in_path(request));
  auto const body = CO_TRY(http::decode_body<ThreadChange>(request));
  core::AccountThreadChange const change{body.subject, body.is_completed, body.is_archived};
  auto const thread =
      CO_TRY(co_await api::write(dialect.services, request.executor(), id.value, [&](storage::Transaction& tx) {
        return core::change_account_thread(tx, api::caller_of(request), id, change);
      }));
  JsonWriter out;
  write_thread(out, thread);
  co_return http::Response::json(200, out.take());
}

}  // namespace parlance::snapbooks
