#include "dialects/snapbooks/routes.h"

#include <memory>
#include <string>
#include <utility>

#include "api/access.h"
#include "dialects/snapbooks/errors.h"
#include "dialects/snapbooks/messages.h"
#include "dialects/snapbooks/participants.h"
#include "dialects/snapbooks/threads.h"
#include "dialects/snapbooks/wire.h"

namespace parlance::snapbooks {
namespace {

using Endpoint = Task<Result<http::Response>> (*)(Dialect&, http::Request&);

/// Where every route can be found; the first is the contract's own.
struct Prefix {
  std::string path;
  std::string operation;  ///< in front of operation ids, which are unique
};
Prefix const kPrefixes[] = {{"", ""}, {"/api/v2", "v2_"}, {"/snapbooks/api/v2", "snapbooks_v2_"}};

/// The routes as one table: every endpoint of the dialect, with what it takes and gives.
struct Table {
  http::RouteGroup& group;
  std::shared_ptr<Dialect> dialect;
  Prefix const& prefix;

  http::Route& add(http::Method method, std::string const& pattern, std::string const& operation, Endpoint endpoint) {
    auto handler = [kept = dialect, endpoint](http::Request& request) { return endpoint(*kept, request); };
    auto& route = group.add(method, prefix.path + pattern, prefix.operation + operation, handler);
    if (!prefix.path.empty()) route.set_hidden();
    return route.set_access(api::Access::user);
  }
};

http::Parameter query(std::string name, std::string type, std::string description) {
  return {.name = std::move(name), .type = std::move(type), .description = std::move(description)};
}

http::Parameter page_parameter() { return query("page", "integer", "From 1."); }
http::Parameter size_parameter() { return query("per_page", "integer", "1 to 100, default 100."); }

void add_thread_routes(Table table) {
  using enum http::Method;
  table.add(get, "/chat/threads", "listAccountThreads", list_threads)
      .set_summary("Threads of the caller's client accounts")
      .parameter(query("client_account_id", "integer", "Only threads of this account."))
      .parameter(query("provider_client_account_id", "integer", "Only threads with this provider account."))
      .parameter(query("relation_type", "string", "Only threads about this type of thing."))
      .parameter(query("relation_id", "integer", "Only threads about this thing."))
      .parameter(query("free_text", "string", "Part of the subject or a message, in any case."))
      .parameter(query("order_by", "string",
                       "id, created_at, last_message_created_at or subject; descending after a minus. Default"
                       " -last_message_created_at."))
      .parameter(page_parameter())
      .parameter(size_parameter())
      .returns<ThreadList>();
  table.add(post, "/chat/threads", "createAccountThread", create_thread)
      .set_summary("Create a thread, with messages if you like")
      .takes<NewThread>()
      .returns<ThreadDetail>(201);
  table.add(get, "/chat/threads/{thread_id}", "getAccountThread", get_thread)
      .set_summary("A thread with its messages and participants")
      .returns<ThreadDetail>();
  table.add(patch, "/chat/threads/{thread_id}", "updateAccountThread", update_thread)
      .set_summary("Change the subject, complete or archive a thread")
      .takes<ThreadChange>()
      .returns<Thread>();
}

void add_message_routes(Table table) {
  using enum http::Method;
  table.add(get, "/chat/threads/{thread_id}/messages", "listThreadMessages", list_messages)
      .set_summary("The messages of a thread, oldest first")
      .parameter(page_parameter())
      .parameter(size_parameter())
      .returns<MessageList>();
  table.add(post, "/chat/threads/{thread_id}/messages", "addThreadMessage", add_message)
      .set_summary("Add a message to a thread; its programs are run")
      .takes<NewMessage>()
      .returns<Message>(201);
  table.add(patch, "/chat/threads/{thread_id}/messages/{message_id}", "updateThreadMessage", update_message)
      .set_summary("Edit a message, or send a draft; edits run nothing")
      .takes<MessageChange>()
      .returns<Message>();
  table.add(get, "/chat/threads/{thread_id}/participants", "listThreadParticipants", list_participants)
      .set_summary("The participants of a thread")
      .parameter(page_parameter())
      .parameter(size_parameter())
      .returns<ParticipantList>();
  table.add(post, "/chat/threads/{thread_id}/participants", "addThreadParticipant", add_participant)
      .set_summary("Add a participant to a thread")
      .takes<NewParticipant>()
      .returns<Participant>(201)
      .also_answers(200);
}

}  // namespace

void add_routes(http::Router& router, api::Services& services, actions::Completions& completions, Options options) {
  auto& group = router.add_group("snapbooks", error_response, "Threads of client accounts, with programs (Snapbooks).");
  auto const dialect = std::make_shared<Dialect>(Dialect{services, completions, options});
  for (auto const& prefix : kPrefixes) {
    Table const table{group, dialect, prefix};
    add_thread_routes(table);
    add_message_routes(table);
  }
}

}  // namespace parlance::snapbooks
