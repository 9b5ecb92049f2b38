#include "dialects/conversations/conversations.h"

#include <algorithm>

#include "core/conversation_views.h"
#include "core/conversations.h"
#include "core/conversion.h"
#include "core/permissions.h"
#include "core/users.h"
#include "dialects/conversations/lists.h"

namespace parlance::conversations {
namespace {

constexpr char kList = 'c';

core::SidebarPlace place_of(Cursor const& cursor) { return {cursor.first, ConversationId{cursor.second}}; }

Cursor cursor_of(core::ConversationView const& view) {
  auto const place = core::sidebar_place(view.conversation);
  return {.list = kList, .first = place.active_at, .second = place.id.value};
}

Result<core::ConversationView> view_of(storage::Transaction& tx, core::Caller const& caller, ConversationId id) {
  return core::view_conversation(tx, caller, TRY(core::require(tx, caller, id, core::Action::see)));
}

http::Response view_reply(core::ConversationView const& view) { return conversation_reply(view); }

model::ConversationKind kind_of(Visibility visibility) {
  switch (visibility) {
    case Visibility::dm: return model::ConversationKind::dm;
    case Visibility::group: return model::ConversationKind::group;
    case Visibility::private_: return model::ConversationKind::private_channel;
    case Visibility::global: return model::ConversationKind::global_channel;
  }
  return model::ConversationKind::group;
}

/// What everybody is in has no members to name and no joining to count from.
Result<void> check_global(core::Caller const& caller, NewConversation const& body) {
  if (caller.role > model::TenantRole::moderator) {
    return fail(Errc::forbidden, "only a moderator of the organisation may create a global channel");
  }
  if (body.memberIds && !body.memberIds->empty()) {
    return invalid("memberIds", "everybody is in a global channel: memberIds must be left out");
  }
  if (body.historyMode == HistoryMode::since_join) {
    return invalid("historyMode", "nobody joins a global channel: historyMode must be full");
  }
  return {};
}

/// The users to begin with. The caller of a dm is one of the two without being named.
Result<std::vector<UserId>> first_members(storage::Transaction& tx, core::Caller const& caller,
                                          NewConversation const& body) {
  std::vector<UserId> members;
  auto const ids = body.memberIds.value_or(std::vector<std::string>{});
  for (auto const& user : TRY(core::ensure_users(tx, caller.tenant, ids, "memberIds"))) members.push_back(user.id);
  bool const is_named = std::ranges::find(members, caller.user) != members.end();
  if (body.visibility == Visibility::dm && !is_named) members.push_back(caller.user);
  return members;
}

struct Created {
  core::ConversationView view;
  bool existed = false;
};

Result<Created> create(storage::Transaction& tx, core::Caller const& caller, NewConversation const& body) {
  core::NewConversation input;
  input.kind = kind_of(body.visibility);
  if (body.visibility == Visibility::global) input.access = model::Access::tenant;
  input.history_mode = history_mode_of(body.historyMode);
  if (body.name && !body.name->empty()) input.name = body.name;
  input.description = body.description.value_or("");
  input.members = TRY(first_members(tx, caller, body));
  auto const created = TRY(core::create_conversation(tx, caller, input));
  return Created{TRY(view_of(tx, caller, created.conversation.id)), created.existed};
}

/// Changes the conversation and shows it as it is then, in one transaction.
template <class Change>
Task<Result<http::Response>> change(Dialect& dialect, Call& call, ConversationId id, Change apply) {
  auto const verb = [&](storage::Transaction& tx) -> Result<core::ConversationView> {
    TRY(apply(tx));
    return view_of(tx, call.caller(), id);
  };
  co_return co_await write(dialect, call, id.value, verb, view_reply);
}

Result<void> apply_visibility(storage::Transaction& tx, core::Caller const& caller, ConversationId id,
                              Visibility visibility) {
  auto const encounter = TRY(core::require(tx, caller, id, core::Action::manage));
  if (encounter.conversation.kind == kind_of(visibility)) return {};
  if (visibility != Visibility::private_) {
    return fail(Errc::conflict, "a conversation can only be made private, and only a group can");
  }
  TRY(core::convert_to_private(tx, caller, id, std::nullopt));
  return {};
}

}  // namespace

Task<Result<http::Response>> list_conversations(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<ConversationQuery>(call));
  auto const asked = CO_TRY(asked_by(body, kList));
  auto const archived = body.includeArchived.value_or(false) ? core::Archived::keep : core::Archived::skip;
  bool has_more = false;
  auto const views =
      CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) -> Result<std::vector<core::ConversationView>> {
        auto found = TRY(core::list_sidebar(tx, call.caller(), asked.stretch<core::SidebarPlace>(place_of), archived));
        has_more = cut_page(found, asked);
        std::vector<core::ConversationView> shown;
        for (auto const& encounter : found) shown.push_back(TRY(core::view_conversation(tx, call.caller(), encounter)));
        return shown;
      }));
  JsonWriter out;
  begin_list(out);
  for (auto const& view : views) write_view(out, view);
  end_page(out, views, asked, has_more, cursor_of);
  co_return http::Response::json(200, out.take());
}

Task<Result<http::Response>> create_conversation(Dialect& dialect, Call& call) {
  auto const body = CO_TRY(read_body<NewConversation>(call));
  auto const& caller = call.caller();
  if (body.visibility == Visibility::global) CO_TRY(check_global(caller, body));
  auto const verb = [&](storage::Transaction& tx) { return create(tx, caller, body); };
  co_return co_await write(dialect, call, caller.tenant.value, verb, [](Created const& created) {
    return conversation_reply(created.view, created.existed ? 200 : 201);
  });
}

Task<Result<http::Response>> get_conversation(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const view =
      CO_TRY(co_await read(dialect, call, [&](storage::Transaction& tx) { return view_of(tx, call.caller(), id); }));
  co_return conversation_reply(view);
}

Task<Result<http::Response>> update_conversation(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<ConversationChange>(call));
  core::ConversationChange input;
  if (body.name) input.name = body.name.value.value_or("");
  if (body.description) input.description = body.description.value.value_or("");
  bool const describes = input.name || input.description;
  if (!describes && !body.visibility) co_return invalid("name", "name or description is required");
  co_return co_await change(dialect, call, id, [&](storage::Transaction& tx) -> Result<void> {
    if (body.visibility) TRY(apply_visibility(tx, call.caller(), id, *body.visibility));
    if (describes) TRY(core::update_conversation(tx, call.caller(), id, input));
    return {};
  });
}

Task<Result<http::Response>> archive_conversation(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  co_return co_await change(
      dialect, call, id, [&](storage::Transaction& tx) { return core::archive_conversation(tx, call.caller(), id); });
}

Task<Result<http::Response>> convert_conversation(Dialect& dialect, Call& call) {
  auto const id = CO_TRY(conversation_in_path(call));
  auto const body = CO_TRY(read_body<Conversion>(call));
  std::optional<model::HistoryMode> mode;
  if (body.historyMode) mode = history_mode_of(body.historyMode);
  co_return co_await change(dialect, call, id, [&](storage::Transaction& tx) -> Result<model::Conversation> {
    if (body.visibility != Visibility::private_) {
      TRY(core::require(tx, call.caller(), id, core::Action::manage));
      return fail(Errc::conflict, "a group can only be made a private channel");
    }
    return core::convert_to_private(tx, call.caller(), id, mode);
  });
}

}  // namespace parlance::conversations
