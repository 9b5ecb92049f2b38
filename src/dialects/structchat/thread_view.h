#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "core/thread_facts.h"
#include "model/message.h"
#include "storage/transaction.h"

namespace parlance::structchat {

/// How far the caller has read a thread.
struct ReadMark {
  UserId user;
  MessageId chat;  ///< up to which everything is read; none where nothing is
  std::int64_t unread_count = 0;
  Timestamp muted_until = 0;
};

/// A thread with all that a feed shows of it.
struct FeedThread {
  core::Encounter encounter;
  core::ThreadFacts facts;
  std::optional<ReadMark> read;       ///< none for who is nobody
  std::vector<model::Message> chats;  ///< the newest kFeedChats, ascending
};

inline constexpr std::int64_t kFeedChats = 5;

enum class FeedChats { none, newest };

/// Of conversations that the caller may read, in their order.
Result<std::vector<FeedThread>> read_feed_threads(storage::Transaction& tx, core::Caller const& caller,
                                                  std::vector<core::Encounter> threads, FeedChats chats);
Result<FeedThread> read_feed_thread(storage::Transaction& tx, core::Caller const& caller, core::Encounter thread,
                                    FeedChats chats);

/// What a reply adds to the thread's own members.
struct ThreadExtras {
  bool has_chats = true;            ///< `chats`
  std::string join_url = {};        ///< `joinChatUrl`, where not empty
  std::string_view highlight = {};  ///< `highlight`, JSON, where not empty
};
void write_feed_thread(JsonWriter& out, FeedThread const& thread, ThreadExtras const& extras = {});

/// "<slug of the subject>/<thread id>"; empty where there is no subject to make a slug of.
std::string url_path_of(model::Conversation const& thread);

/// What the thread is about: its subject, else its name.
std::string_view subject_of(model::Conversation const& thread);

}  // namespace parlance::structchat
