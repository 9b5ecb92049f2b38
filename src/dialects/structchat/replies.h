#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/describe.h"

/// What the dialect answers with, described for the OpenAPI document. The replies themselves are written by wire.cc and
/// thread_view.cc, to these shapes.
namespace parlance::structchat {

using BitMap = std::map<std::string, bool>;
using IdList = http::Nullable<std::vector<std::string>>;

struct Failure {
  bool ok = false;
  std::string error;
};
BOOST_DESCRIBE_STRUCT(Failure, (), (ok, error))

struct ReactionShown {
  std::int64_t count = 0;
  std::string name;
  std::optional<std::vector<std::string>> user_ids;
};
BOOST_DESCRIBE_STRUCT(ReactionShown, (), (count, name, user_ids))

struct Chat {
  std::string id;
  std::string xid;
  std::int64_t created_at = 0;
  std::int64_t updated_at = 0;
  BitMap bits;
  std::string text;
  std::string author_id;
  std::string thread_id;
  IdList images;
  http::Nullable<std::vector<ReactionShown>> reactions;
};
BOOST_DESCRIBE_STRUCT(Chat, (), (id, xid, created_at, updated_at, bits, text, author_id, thread_id, images, reactions))

struct ReadStatus {
  std::string id;
  std::string user_id;
  std::string thread_id;
  std::string chat_id;
  std::int64_t num_unread = 0;
  std::int64_t muted_until = 0;
};
BOOST_DESCRIBE_STRUCT(ReadStatus, (), (id, user_id, thread_id, chat_id, num_unread, muted_until))

struct Thread {
  std::string id;
  std::string xid;
  std::int64_t created_at = 0;
  std::int64_t updated_at = 0;
  BitMap bits;
  std::string subject;
  std::string summary;
  IdList tags;
  std::string org_id;
  std::string author_id;
  IdList xsr_ids;
  IdList user_ids;
  std::int64_t num_chats = 0;
  http::Nullable<std::vector<ReactionShown>> reactions;
  std::string url_path;
  std::optional<std::string> joinChatUrl;
  http::Nullable<ReadStatus> read;
  std::optional<http::Nullable<std::vector<Chat>>> chats;
  std::optional<boost::json::value> highlight;
};
BOOST_DESCRIBE_STRUCT(Thread, (),
                      (id, xid, created_at, updated_at, bits, subject, summary, tags, org_id, author_id, xsr_ids,
                       user_ids, num_chats, reactions, url_path, joinChatUrl, read, chats, highlight))

struct Channel {
  std::string id;
  std::string xid;
  std::int64_t created_at = 0;
  std::int64_t updated_at = 0;
  BitMap bits;
  std::int64_t done_until = 0;
  std::string name;
  std::string description;
  std::vector<std::string> org_ids;
  std::int64_t num_threads = 0;
  IdList members;
};
BOOST_DESCRIBE_STRUCT(Channel, (),
                      (id, xid, created_at, updated_at, bits, done_until, name, description, org_ids, num_threads,
                       members))

struct User {
  std::string id;
  std::string xid;
  std::int64_t created_at = 0;
  std::int64_t updated_at = 0;
  BitMap bits;
  std::string org_id;
  std::string name;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(User, (), (id, xid, created_at, updated_at, bits, org_id, name, email))

struct Org {
  std::string id;
  std::string xid;
  std::int64_t created_at = 0;
  BitMap bits;
  std::int64_t last_sync = 0;
  std::string name;
  std::string title;
  std::string description;
  std::string hostname;
  std::int64_t num_threads = 0;
  std::int64_t num_valid_threads = 0;
  std::int64_t num_resolved_threads = 0;
  std::optional<std::string> join_secret;
};
BOOST_DESCRIBE_STRUCT(Org, (),
                      (id, xid, created_at, bits, last_sync, name, title, description, hostname, num_threads,
                       num_valid_threads, num_resolved_threads, join_secret))

struct Feed {
  std::string id;
  std::string user_id;
  std::string org_id;
  std::string name;
  IdList channel_ids;
  IdList user_ids;
  BitMap bits;
};
BOOST_DESCRIBE_STRUCT(Feed, (), (id, user_id, org_id, name, channel_ids, user_ids, bits))

struct Tag {
  std::string tag;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (tag, count))

struct Upload {
  std::string ctype;
  std::string fname;
  std::string handle;
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(Upload, (), (ctype, fname, handle, size))

// The envelopes.

struct CreatedThreadReply {
  std::string chat_id;
  bool ok = true;
  std::string thread_id;
};
BOOST_DESCRIBE_STRUCT(CreatedThreadReply, (), (chat_id, ok, thread_id))

struct CreatedChatReply {
  std::string chat_id;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(CreatedChatReply, (), (chat_id, ok))

struct ThreadReply {
  Thread thread;
  std::vector<Chat> chats;
  std::vector<Thread> similar;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(ThreadReply, (), (thread, chats, similar, ok))

/// `chat` for the id of a chat, `chats` for that of a thread.
struct ChatsReply {
  std::optional<Chat> chat;
  std::optional<std::vector<Chat>> chats;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(ChatsReply, (), (chat, chats, ok))

struct FeedPageReply {
  std::vector<Thread> data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(FeedPageReply, (), (data, ok))

struct FeedReply {
  Feed data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(FeedReply, (), (data, ok))

struct FeedsReply {
  std::vector<Feed> data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(FeedsReply, (), (data, ok))

struct TagsReply {
  std::vector<Tag> data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(TagsReply, (), (data, ok))

struct ChannelReply {
  Channel data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(ChannelReply, (), (data, ok))

struct ChannelsReply {
  std::vector<Channel> data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(ChannelsReply, (), (data, ok))

struct UserReply {
  User data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(UserReply, (), (data, ok))

struct UsersReply {
  std::vector<User> data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(UsersReply, (), (data, ok))

struct OrgReply {
  Org data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(OrgReply, (), (data, ok))

struct CreatedOrgReply {
  Org data;
  bool ok = true;
  User user;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(CreatedOrgReply, (), (data, ok, user, token))

struct JoinedReply {
  User data;
  bool ok = true;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(JoinedReply, (), (data, ok, token))

struct AnonsReply {
  std::map<std::string, std::vector<std::string>> data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(AnonsReply, (), (data, ok))

struct UploadReply {
  Upload data;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(UploadReply, (), (data, ok))

}  // namespace parlance::structchat
