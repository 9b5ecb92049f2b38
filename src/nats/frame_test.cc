#include "nats/frame.h"

#include <gtest/gtest.h>

#include <memory>

#include "nats/model_wire.h"

namespace parlance::nats {
namespace {

constexpr std::string_view kNode = "node-a";

/// Every field is set, to something of its own.
std::shared_ptr<model::Message> whole_message() {
  auto message = std::make_shared<model::Message>();
  *message = {.id = {11},
              .tenant = {12},
              .conversation = {13},
              .seq = 14,
              .added_offset = 15,
              .sender = {16},
              .sender_external_id = "anna",
              .text = std::string("text with \0 in it", 17),
              .style = model::TextStyle::callout,
              .marks = "[1]",
              .meta = "{\"a\":1}",
              .reply_to = {17},
              .client_id = "client",
              .xid = "xid",
              .previews = "[2]",
              .pinned = true,
              .created_at = 18,
              .edited_at = 19,
              .deleted_at = 20,
              .attachments = {{model::AttachmentKind::link, {21}, "target", "name", "text/plain", 22}, {}},
              .reactions = {{{23}, "👍", "bert"}, {{24}, "x", ""}},
              .mentions = {{25}, {26}},
              .mention_external_ids = {"carl", ""}};
  return message;
}

std::shared_ptr<model::Conversation> whole_conversation() {
  auto conversation = std::make_shared<model::Conversation>();
  *conversation = {.id = {31},
                   .tenant = {32},
                   .space = {33},
                   .kind = model::ConversationKind::stream,
                   .access = model::Access::anyone,
                   .history_mode = model::HistoryMode::since_join,
                   .hidden = true,
                   .name = "",
                   .subject = "subject",
                   .summary = "summary",
                   .description = "description",
                   .icon = "{}",
                   .unique_key = "dm:a:b",
                   .relation_type = "invoice",
                   .relation_id = 34,
                   .provider_space = {35},
                   .metadata = "{}",
                   .xid = "xid",
                   .bits = 36,
                   .member_count = 37,
                   .last_seq = 38,
                   .last_offset = 39,
                   .epoch = -40,
                   .last_message = {41},
                   .last_message_at = 42,
                   .created_by = {43},
                   .created_at = 44,
                   .updated_at = 45,
                   .archived_at = 46};
  return conversation;
}

model::LiveEvent whole_event() {
  model::LiveEvent live;
  live.event = {.tenant = {1},
                .conversation = {2},
                .offset = 3,
                .epoch = -4,
                .kind = model::EventKind::member_added,
                .message = {5},
                .seq = 6,
                .actor = {7},
                .subject = {8},
                .subject_external_id = "dora",
                .data = "editor",
                .created_at = 9};
  live.message = whole_message();
  live.conversation = whole_conversation();
  return live;
}

model::LiveEvent message_of(std::int64_t offset, std::size_t bytes) {
  auto live = whole_event();
  live.event.offset = offset;
  live.event.kind = model::EventKind::message_added;
  live.conversation = nullptr;
  auto message = whole_message();
  message->text = std::string(bytes, 'a');
  live.message = message;
  return live;
}

std::string shown(Frame const& frame) {
  std::string out;
  for (auto const& live : frame.events) out += std::to_string(live.event.offset) + " ";
  for (auto const& move : frame.moves) out += "see " + std::to_string(move.offset) + " ";
  return out;
}

TEST(ModelWire, BringsAnEventOverWithEveryField) {
  auto const live = whole_event();
  auto const bytes = pack(live);
  auto const back = unpack_event(bytes);
  ASSERT_TRUE(back && back->message && back->conversation);
  // What is packed is every field, so the same bytes are the same event.
  EXPECT_EQ(pack(*back), bytes);
  EXPECT_EQ(back->event.data, "editor");
  EXPECT_EQ(back->event.epoch, -4);
  EXPECT_EQ(back->message->text, live.message->text);
  EXPECT_EQ(back->message->attachments.size(), 2U);
  EXPECT_EQ(back->message->attachments[0].media_type, "text/plain");
  EXPECT_EQ(back->message->mention_external_ids, live.message->mention_external_ids);
  EXPECT_EQ(back->conversation->name, "");
  EXPECT_EQ(back->conversation->archived_at, 46);
}

TEST(ModelWire, TellsAnAbsentNameFromAnEmptyOne) {
  auto live = whole_event();
  auto conversation = whole_conversation();
  conversation->name.reset();
  live.conversation = conversation;
  EXPECT_FALSE(unpack_event(pack(live))->conversation->name);
}

TEST(ModelWire, KeepsWhatEveryFieldHasAtFirst) {
  model::LiveEvent live;
  auto conversation = std::make_shared<model::Conversation>();
  conversation->kind = model::ConversationKind::dm;
  live.conversation = conversation;
  EXPECT_EQ(unpack_event(pack(live))->conversation->kind, model::ConversationKind::dm);
  live.conversation = std::make_shared<model::Conversation>();
  EXPECT_EQ(unpack_event(pack(live))->conversation->kind, model::Conversation().kind);
}

TEST(ModelWire, BringsASignalOverWithEveryField) {
  realtime::Signal const signal{.tenant = {1},
                                .kind = realtime::SignalKind::notification,
                                .actor = {2},
                                .actor_external_id = "anna",
                                .conversations = {{3}, {4}},
                                .users = {{5}},
                                .notification = model::Notification{{6}, {7}, "topic", "{}", 8},
                                .data = "{\"a\":1}",
                                .at = 9};
  auto const back = unpack_signal(pack(signal));
  ASSERT_TRUE(back);
  EXPECT_EQ(pack(*back), pack(signal));
  EXPECT_EQ(back->notification->payload, "{}");
  EXPECT_EQ(back->conversations, signal.conversations);
}

TEST(ModelWire, RefusesWhatItWouldTakeForSomethingElse) {
  auto live = whole_event();
  live.event.kind = static_cast<model::EventKind>(19);
  EXPECT_FALSE(unpack_event(pack(live)));
  live.event.kind = static_cast<model::EventKind>(106);
  EXPECT_FALSE(unpack_event(pack(live)));
  live = whole_event();
  live.message = nullptr;  // Its event names one.
  EXPECT_FALSE(unpack_event(pack(live)));
  realtime::Signal signal;
  signal.kind = realtime::SignalKind::notification;
  EXPECT_FALSE(unpack_signal(pack(signal)));
}

TEST(Frame, PutsABatchIntoAsManyMessagesAsItNeeds) {
  auto const frames = event_frames(kNode, {message_of(1, 100), message_of(2, 700), message_of(3, 900)}, 1500);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(shown(decode_frame(frames[0]).value()), "1 2 ");
  EXPECT_EQ(shown(decode_frame(frames[1]).value()), "3 ");
  EXPECT_EQ(decode_frame(frames[0])->node, kNode);
  EXPECT_TRUE(event_frames(kNode, {}).empty());
}

TEST(Frame, OnlyNamesAnEventThatIsTooLarge) {
  auto const frames = event_frames(kNode, {message_of(1, 10), message_of(2, 5000), message_of(3, 10)}, 2000);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_LT(frames[0].size(), 1000U);
  auto const frame = decode_frame(frames[0]).value();
  EXPECT_EQ(shown(frame), "1 3 see 2 ");
  EXPECT_EQ(frame.moves[0], (realtime::Moved{{1}, {2}, {8}, 2}));
  EXPECT_TRUE(event_frames(kNode, {message_of(0, 5000)}, 2000).empty());
}

TEST(Frame, TellsVeryManyAddresseesInParts) {
  realtime::Signal signal;
  for (std::int64_t id = 1; id <= 25'000; ++id) signal.conversations.push_back({id});
  signal.users = {{7}};
  auto const frames = signal_frames(kNode, signal);
  ASSERT_EQ(frames.size(), 3U);
  std::size_t conversations = 0;
  std::size_t users = 0;
  for (auto const& bytes : frames) {
    auto const frame = decode_frame(bytes).value();
    EXPECT_EQ(frame.kind, FrameKind::signal);
    conversations += frame.signal.conversations.size();
    users += frame.signal.users.size();
  }
  EXPECT_EQ(conversations, 25'000U);
  EXPECT_EQ(users, 1U);
}

TEST(Frame, CarriesNotesAndLosses) {
  auto const note = decode_frame(note_frame({.topic = "t", .from = "a", .to = "b", .body = "c"})).value();
  EXPECT_EQ(note.kind, FrameKind::note);
  EXPECT_EQ(note.note.topic + note.note.from + note.note.to + note.note.body, "tabc");
  EXPECT_TRUE(note_frame({.topic = "t", .from = "a", .to = "", .body = std::string(300'000, 'x')}).empty());
  EXPECT_EQ(decode_frame(loss_frame("a"))->kind, FrameKind::loss);
}

TEST(Frame, PassesOverWhatIsOfAnotherVersion) {
  auto bytes = loss_frame(kNode);
  EXPECT_TRUE(decode_frame(bytes + std::string("\xC9\x06\x03"
                                               "new",
                                               6)));
  bytes[0] = 2;
  EXPECT_FALSE(decode_frame(bytes));
  EXPECT_FALSE(decode_frame(""));
  EXPECT_FALSE(decode_frame(std::string("\x01", 1)));
  auto strange = whole_event();
  strange.event.kind = static_cast<model::EventKind>(99);
  auto const frame = decode_frame(event_frames(kNode, {strange, message_of(7, 1)})[0]).value();
  EXPECT_EQ(frame.unknown, 1U);
  EXPECT_EQ(shown(frame), "7 ");
}

TEST(Frame, SurvivesBeingCutAnywhere) {
  auto const whole = event_frames(kNode, {whole_event()})[0];
  for (std::size_t length = 0; length < whole.size(); ++length) {
    auto const frame = decode_frame(whole.substr(0, length));
    if (frame) EXPECT_TRUE(frame->events.empty()) << length;
  }
}

}  // namespace
}  // namespace parlance::nats
