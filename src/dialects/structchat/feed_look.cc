#include "dialects/structchat/feed_look.h"

#include <algorithm>
#include <utility>

#include "core/threads.h"
#include "core/users.h"
#include "dialects/structchat/feed_ids.h"
#include "dialects/structchat/thread_view.h"

namespace parlance::structchat {
namespace {

constexpr std::size_t kMaxThreadBytes = 256 << 10;

/// With as many of its newest chats as fit into what a connection may be sent at once.
std::string thread_text(FeedThread view) {
  while (true) {
    JsonWriter out;
    write_feed_thread(out, view);
    if (out.text().size() <= kMaxThreadBytes || view.chats.empty()) return out.take();
    view.chats.erase(view.chats.begin());
  }
}

}  // namespace

Result<std::vector<MovedThread>> look_at_feed(storage::Transaction& tx, FeedLook const& look) {
  auto const caller = TRY(core::caller_now(tx, look.caller));
  auto const filter = TRY(filter_of_feed(tx, caller, look.feed));
  auto const listed = TRY(core::find_listed(tx, caller, filter, look.threads));
  std::vector<core::Encounter> whole;
  std::vector<MovedThread> moved;
  for (auto const& encounter : listed) {
    auto const id = encounter.conversation.id;
    moved.push_back({id, core::active_at(encounter.conversation), {}});
    if (std::ranges::find(look.unknown, id) != look.unknown.end()) whole.push_back(encounter);
  }
  for (auto& view : TRY(read_feed_threads(tx, caller, std::move(whole), FeedChats::newest))) {
    auto const id = view.encounter.conversation.id;
    std::ranges::find(moved, id, &MovedThread::id)->data = thread_text(std::move(view));
  }
  return moved;
}

Result<FeedStart> start_feed(storage::Transaction& tx, core::Caller const& caller, FeedRequest const& request) {
  auto const filter = TRY(filter_of_feed(tx, caller, request.feed));
  FeedStart start;
  if (!request.since) return start;
  for (auto const& encounter : TRY(core::list_threads_since(tx, caller, filter, *request.since, kMostMissed + 1)))
    start.missed.push_back(encounter.conversation.id);
  start.has_missed_too_much = start.missed.size() > static_cast<std::size_t>(kMostMissed);
  if (start.has_missed_too_much) start.missed.clear();
  return start;
}

}  // namespace parlance::structchat
