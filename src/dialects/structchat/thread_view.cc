#include "dialects/structchat/thread_view.h"

#include "core/message_log.h"
#include "core/reads.h"
#include "core/threads.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

Result<MessageId> newest_read(storage::Transaction& tx, core::Encounter const& encounter) {
  auto const watermark = encounter.member ? encounter.member->read.watermark() : 0;
  if (watermark == 0) return MessageId{};
  auto const messages = TRY(core::read_messages(
      tx, encounter, {.before_seq = watermark + 1, .limit = 1, .tombstones = core::Tombstones::keep}));
  return messages.empty() ? MessageId{} : messages.back().id;
}

Result<std::optional<ReadMark>> read_mark(storage::Transaction& tx, core::Caller const& caller,
                                          core::Encounter const& encounter) {
  if (!caller.user) return std::nullopt;
  ReadMark mark{.user = caller.user};
  mark.chat = TRY(newest_read(tx, encounter));
  mark.unread_count = TRY(core::count_unread(tx, caller, encounter)).messages;
  if (encounter.member) mark.muted_until = encounter.member->mute_until;
  return mark;
}

void write_counts(JsonWriter& out, std::vector<core::ReactionCount> const& reactions) {
  if (reactions.empty()) {
    out.field_null("reactions");
    return;
  }
  out.key("reactions").begin_array();
  for (auto const& [name, count] : reactions) {
    out.begin_object().field("count", count).field("name", name).end_object();
  }
  out.end_array();
}

void write_read(JsonWriter& out, FeedThread const& thread) {
  if (!thread.read) {
    out.field_null("read");
    return;
  }
  auto const& mark = *thread.read;
  out.key("read").begin_object().field("id", "0").field("user_id", spell(mark.user));
  out.field("thread_id", spell_thread(thread.encounter.conversation.id)).field("chat_id", spell(mark.chat));
  out.field("num_unread", mark.unread_count).field("muted_until", seconds_of(mark.muted_until)).end_object();
}

void write_chats(JsonWriter& out, std::vector<model::Message> const& chats) {
  if (chats.empty()) {
    out.field_null("chats");
    return;
  }
  out.key("chats").begin_array();
  for (auto const& chat : chats) write_chat(out, chat, Reactors::counted);
  out.end_array();
}

}  // namespace

Result<std::vector<FeedThread>> read_feed_threads(storage::Transaction& tx, core::Caller const& caller,
                                                  std::vector<core::Encounter> threads, FeedChats chats) {
  auto facts = TRY(core::read_thread_facts(tx, caller, threads));
  std::vector<FeedThread> views;
  views.reserve(threads.size());
  for (auto& encounter : threads) {
    FeedThread view;
    view.facts = std::move(facts.at(encounter.conversation.id));
    view.read = TRY(read_mark(tx, caller, encounter));
    if (chats == FeedChats::newest) view.chats = TRY(core::read_messages(tx, encounter, {.limit = kFeedChats}));
    view.encounter = std::move(encounter);
    views.push_back(std::move(view));
  }
  return views;
}

Result<FeedThread> read_feed_thread(storage::Transaction& tx, core::Caller const& caller, core::Encounter thread,
                                    FeedChats chats) {
  std::vector<core::Encounter> one;
  one.push_back(std::move(thread));
  return std::move(TRY(read_feed_threads(tx, caller, std::move(one), chats)).front());
}

void write_feed_thread(JsonWriter& out, FeedThread const& view, ThreadExtras const& extras) {
  auto const& thread = view.encounter.conversation;
  out.begin_object().field("id", spell_thread(thread.id)).field("xid", thread.xid);
  out.field("created_at", seconds_of(thread.created_at)).field("updated_at", seconds_of(core::active_at(thread)));
  write_thread_bits(out.key("bits"), thread);
  out.field("subject", subject_of(thread)).field("summary", thread.summary);
  write_texts(out, "tags", view.facts.tags);
  out.field("org_id", spell(thread.tenant)).field("author_id", spell(thread.created_by));
  write_channels(out, "xsr_ids", view.facts.channels);
  write_users(out, "user_ids", view.facts.users);
  out.field("num_chats", view.facts.message_count);
  write_counts(out, view.facts.reactions);
  out.field("url_path", url_path_of(thread));
  if (!extras.join_url.empty()) out.field("joinChatUrl", extras.join_url);
  write_read(out, view);
  if (extras.has_chats) write_chats(out, view.chats);
  if (!extras.highlight.empty()) out.field_raw("highlight", extras.highlight);
  out.end_object();
}

std::string url_path_of(model::Conversation const& thread) {
  auto const slug = slug_of(subject_of(thread));
  return slug.empty() ? slug : slug + "/" + spell_thread(thread.id);
}

std::string_view subject_of(model::Conversation const& thread) {
  if (!thread.subject.empty() || !thread.name) return thread.subject;
  return *thread.name;
}

}  // namespace parlance::structchat
