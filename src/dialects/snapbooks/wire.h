#pragma once

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/account_threads.h"
#include "core/drafts.h"
#include "core/message_code.h"
#include "http/describe.h"
#include "http/request.h"
#include "model/message.h"

/// How the contract spells things. Every id is an integer, times are RFC 3339 in UTC. What is hot is written by the
/// functions below, to the shapes of the described types.
namespace parlance::snapbooks {

struct NewMessage {
  std::string message;
  std::optional<bool> is_draft;
};
BOOST_DESCRIBE_STRUCT(NewMessage, (), (message, is_draft))

struct MessageChange {
  std::optional<std::string> message;
  std::optional<bool> is_draft;
};
BOOST_DESCRIBE_STRUCT(MessageChange, (), (message, is_draft))

struct NewThread {
  std::optional<std::int64_t> client_account_id;
  std::optional<std::int64_t> provider_client_account_id;
  std::optional<std::string> subject;
  std::optional<std::string> relation_type;
  std::optional<std::int64_t> relation_id;
  std::optional<std::string> message;  ///< the first one, or
  std::optional<std::vector<NewMessage>> messages;
};
BOOST_DESCRIBE_STRUCT(NewThread, (),
                      (client_account_id, provider_client_account_id, subject, relation_type, relation_id, message,
                       messages))

struct ThreadChange {
  std::optional<std::string> subject;
  std::optional<bool> is_completed;
  std::optional<bool> is_archived;
};
BOOST_DESCRIBE_STRUCT(ThreadChange, (), (subject, is_completed, is_archived))

struct NewParticipant {
  boost::json::value user_id;  ///< the integer, or what the tenant calls the user
};
BOOST_DESCRIBE_STRUCT(NewParticipant, (), (user_id))

struct Message {
  std::int64_t id = 0;
  std::int64_t thread_id = 0;
  std::string message;
  std::string created_at;
  std::int64_t created_by_id = 0;
  std::int64_t from_user_id = 0;
  bool is_draft = false;
  std::vector<boost::json::value> action_items;
  http::Nullable<std::string> action_mode;
};
BOOST_DESCRIBE_STRUCT(Message, (),
                      (id, thread_id, message, created_at, created_by_id, from_user_id, is_draft, action_items,
                       action_mode))

struct Participant {
  std::int64_t id = 0;
  std::int64_t thread_id = 0;
  std::int64_t user_id = 0;
};
BOOST_DESCRIBE_STRUCT(Participant, (), (id, thread_id, user_id))

struct Thread {
  std::int64_t id = 0;
  std::int64_t client_account_id = 0;
  http::Nullable<std::int64_t> provider_client_account_id;
  http::Nullable<std::string> relation_type;
  http::Nullable<std::int64_t> relation_id;
  std::int64_t created_by_id = 0;
  std::string created_at;
  http::Nullable<std::string> last_message_created_at;
  std::string subject;
  bool is_completed = false;
  bool is_archived = false;
};
BOOST_DESCRIBE_STRUCT(Thread, (),
                      (id, client_account_id, provider_client_account_id, relation_type, relation_id, created_by_id,
                       created_at, last_message_created_at, subject, is_completed, is_archived))

struct ThreadDetail : Thread {
  std::vector<Message> messages;
  std::vector<Participant> participants;
};
BOOST_DESCRIBE_STRUCT(ThreadDetail, (Thread), (messages, participants))

struct Pagination {
  std::int64_t page = 0;
  std::int64_t per_page = 0;
  std::int64_t total = 0;
  std::int64_t total_pages = 0;
  bool hasMore = false;
  http::Nullable<std::string> nextCursor;
  http::Nullable<std::string> prevCursor;
};
BOOST_DESCRIBE_STRUCT(Pagination, (), (page, per_page, total, total_pages, hasMore, nextCursor, prevCursor))

struct ThreadList {
  std::vector<Thread> data;
  Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(ThreadList, (), (data, pagination))

struct MessageList {
  std::vector<Message> data;
  Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(MessageList, (), (data, pagination))

struct ParticipantList {
  std::vector<Participant> data;
  Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(ParticipantList, (), (data, pagination))

/// A message with what its results say.
struct ShownMessage {
  model::Message message;
  std::optional<core::ActionResult> result;
};

/// A thread with what lies in it.
struct ShownThread {
  core::AccountThread thread;
  std::vector<ShownMessage> messages;
  std::vector<core::Draft> drafts;  ///< the caller's own
  std::vector<core::Participant> participants;
};

void write_thread(JsonWriter& out, core::AccountThread const& thread);
void write_thread_detail(JsonWriter& out, ShownThread const& shown);
void write_message(JsonWriter& out, ShownMessage const& shown);
void write_draft(JsonWriter& out, core::Draft const& draft);
void write_participant(JsonWriter& out, ConversationId thread, core::Participant const& participant);

/// Which page of a list: `page` from 1, `per_page` from 1 and at most 100, which is also the default.
struct Page {
  std::int64_t number = 1;
  std::int64_t size = 100;
  std::int64_t offset() const { return (number - 1) * size; }
};
Result<Page> page_of(http::Request const& request);
/// The "pagination" member, key and value.
void write_pagination(JsonWriter& out, Page const& page, std::int64_t total);

/// An integer of the query; empty where it is absent, invalid_argument naming it where it is none.
Result<std::optional<std::int64_t>> integer_in_query(http::Request const& request, std::string_view name);
/// A text of the query; empty where it is absent or empty.
Result<std::optional<std::string>> text_in_query(http::Request const& request, std::string_view name);

/// Of the path; not_found where they are no ids.
Result<ConversationId> thread_in_path(http::Request const& request);
Result<MessageId> message_in_path(http::Request const& request);

}  // namespace parlance::snapbooks
