#include "dialects/structchat/threads.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/await.h"
#include "core/message_log.h"
#include "core/threads.h"
#include "core/users.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/handles.h"
#include "dialects/structchat/similar.h"
#include "dialects/structchat/thread_view.h"
#include "dialects/structchat/viewer.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

constexpr std::size_t kMaxThreadsAtOnce = 100;

std::string created_text(core::CreatedThread const& created) {
  JsonWriter out;
  out.begin_object().field("chat_id", spell(created.message.id)).field("ok", true);
  return out.field("thread_id", spell_thread(created.thread.id)).end_object().take();
}

/// Where whoever serves a web client at the organisation's host shows the thread.
std::string join_url_of(http::Request const& request, model::Conversation const& thread) {
  auto path = url_path_of(thread);
  if (path.empty()) path = spell_thread(thread.id);
  return fmt::format("{}://{}/{}", request.is_secure ? "https" : "http", request.headers.find("Host").value_or(""),
                     path);
}

Result<std::string> opened_text(storage::Transaction& tx, search::MessageIndex& index, core::Caller const& caller,
                                http::Request const& request, ConversationId id) {
  auto const thread = TRY(core::find_thread(tx, caller, id));
  auto const chats = TRY(core::read_messages(tx, thread, {.limit = kOpenedChats}));
  auto const alike = TRY(find_similar(tx, index, caller, thread, chats));
  auto const similar = TRY(read_feed_threads(tx, caller, alike, FeedChats::none));
  auto const view = TRY(read_feed_thread(tx, caller, thread, FeedChats::none));
  JsonWriter out;
  out.begin_object().key("thread");
  write_feed_thread(out, view, {.has_chats = false, .join_url = join_url_of(request, thread.conversation)});
  out.key("chats").begin_array();
  for (auto const& chat : chats) write_chat(out, chat, Reactors::counted);
  out.end_array().key("similar").begin_array();
  for (auto const& one : similar) write_feed_thread(out, one, {.has_chats = false});
  return out.end_array().field("ok", true).end_object().take();
}

Result<std::vector<ConversationId>> ids_in(ThreadsChange const& body) {
  auto texts = body.ids.value_or(Texts{});
  if (body.id) texts.push_back(*body.id);
  if (texts.empty()) return invalid("ids", "ids must name at least one thread");
  if (texts.size() > kMaxThreadsAtOnce)
    return invalid("ids", fmt::format("ids names more than {} threads", kMaxThreadsAtOnce));
  std::vector<ConversationId> ids;
  for (auto const& text : texts) ids.push_back(TRY(thread_id_of(text)));
  return ids;
}

Result<core::ThreadChange> change_in(ThreadsChange const& body) {
  auto const bits = TRY(read_thread_bits(body.bits));
  core::ThreadChange change;
  change.deleted = bits.get("deleted");
  change.hidden = bits.get("hidden");
  change.resolved = bits.get("resolved");
  if (body.xsr_ids) change.channels = TRY(channel_ids_of(body.xsr_ids));
  if (bits.empty() && !body.xsr_ids) return invalid("bits", "bits must say what to change");
  return change;
}

}  // namespace

Task<Result<http::Response>> create_thread(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<NewThread>(request));
  core::NewThread input;
  input.text = body.text;
  input.channels = CO_TRY(channel_ids_of(body.xsr_ids));
  input.subject = body.subject.value_or("");
  auto const verb = [&](storage::Transaction& tx) -> Result<std::string> {
    auto filled = input;
    filled.attachments = TRY(attachments_of(tx, viewer.caller, body.images.value_or(Texts{})));
    filled.mentions = TRY(core::existing_users(tx, viewer.caller.tenant, mentions_in(body.text)));
    return created_text(TRY(core::create_thread(tx, viewer.caller, filled)));
  };
  auto const key = input.channels.empty() ? viewer.caller.tenant.value : input.channels.front().value;
  co_return co_await api::perform(gateway.services, request, key, verb, reply);
}

Task<Result<http::Response>> get_thread(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const id = CO_TRY(thread_id_of(request.path_parameter("thread_id")));
  auto const text = CO_TRY(co_await api::read(gateway.services, request.executor(), [&](storage::Transaction& tx) {
    return opened_text(tx, gateway.services.index, viewer.caller, request, id);
  }));
  co_return reply(text);
}

Task<Result<http::Response>> change_threads(Gateway& gateway, http::Request& request) {
  auto const viewer = CO_TRY(co_await viewer_of(gateway.services, request));
  auto const body = CO_TRY(http::decode_body<ThreadsChange>(request));
  auto const ids = CO_TRY(ids_in(body));
  auto const change = CO_TRY(change_in(body));
  CO_TRY(co_await api::write(
      gateway.services, request.executor(), std::ranges::min(ids).value,
      [&](storage::Transaction& tx) { return core::change_threads(tx, viewer.caller, ids, change); }));
  co_return reply(std::string(kOk));
}

}  // namespace parlance::structchat
