#include "dialects/anytype/events.h"

#include <gtest/gtest.h>

namespace parlance::anytype {
namespace {

realtime::Delivery delivery_of(model::EventKind kind, bool is_deleted = false) {
  model::Message message;
  message.id = MessageId{36};
  message.seq = 1;
  message.added_offset = 2;
  message.sender_external_id = "alice";
  message.text = "two\nlines";
  message.deleted_at = is_deleted ? 1 : 0;
  model::LiveEvent live;
  live.event.kind = kind;
  live.event.message = message.id;
  live.event.seq = 1;
  live.event.epoch = 5;
  live.event.offset = 2;
  live.message = std::make_shared<model::Message const>(message);
  return realtime::Delivery(std::move(live));
}

std::string text_of(http::SharedBuffer const& block) { return block ? *block : "none"; }

TEST(EventBlock, IsAWholeServerSentEvent) {
  EXPECT_EQ(text_of(event_block(delivery_of(model::EventKind::message_added), {})),
            "id: 000000050000000000000002\nevent: add\n"
            R"(data: {"type":"add","message":{"object":"chat_message","id":"bafyqacidaaaaaaaaaaaci","order_id":"00",)"
            R"("state_id":"000000000000000000000002","creator":"alice","created_at":0,"modified_at":0,)"
            R"("content":{"text":"two\nlines","style":"paragraph"},"attachments":[],"reactions":{},"read":false,)"
            R"("has_mention":false,"mention_read":true}})"
            "\n\n");
  EXPECT_EQ(text_of(event_block(delivery_of(model::EventKind::message_deleted, true), {})),
            "id: 000000050000000000000002\nevent: delete\n"
            R"(data: {"type":"delete","deleted":"bafyqacidaaaaaaaaaaaci"})"
            "\n\n");
}

TEST(EventBlock, IsNamedAsTheContractNamesIt) {
  auto const name = [](model::EventKind kind) {
    auto const text = text_of(event_block(delivery_of(kind), {}));
    auto const from = text.find("event: ") + 7;
    return text.substr(from, text.find('\n', from) - from);
  };
  EXPECT_EQ(name(model::EventKind::message_edited), "update");
  EXPECT_EQ(name(model::EventKind::reaction_added), "reactions");
  EXPECT_EQ(name(model::EventKind::reaction_removed), "reactions");
}

TEST(EventBlock, IsOneBufferForAllWithTheSameFlags) {
  auto const delivery = delivery_of(model::EventKind::message_added);
  EXPECT_EQ(event_block(delivery, {}), event_block(delivery, {}));
  EXPECT_NE(event_block(delivery, {}), event_block(delivery, kOwnMessage));
}

TEST(EventBlock, IsNullForWhatIsGoneAndWhatTheContractDoesNotKnow) {
  EXPECT_EQ(event_block(delivery_of(model::EventKind::message_added, true), {}), nullptr);
  EXPECT_EQ(event_block(delivery_of(model::EventKind::message_pinned), {}), nullptr);
  EXPECT_EQ(event_block(delivery_of(model::EventKind::read_moved), {}), nullptr);
}

Viewer sample_viewer() {
  Viewer viewer;
  viewer.position = {.epoch = 5, .offset = 9};
  viewer.newest_offset = 7;
  viewer.unread = {.messages = 2, .oldest_message_seq = 1, .mentions = 0, .oldest_mention_seq = 0};
  return viewer;
}

TEST(StateBlock, TellsCountersAndPosition) {
  EXPECT_EQ(
      text_of(state_block({.epoch = 5, .offset = 8}, sample_viewer())),
      "id: 000000050000000000000008\nevent: state\n"
      R"(data: {"type":"state","state":{"messages":{"counter":2,"oldest_order_id":"00"},"mentions":{"counter":0},)"
      R"("last_state_id":"000000000000000000000007","order":9}})"
      "\n\n");
}

TEST(InitialBlock, LeavesOutWhatIsEmptyAndMarksAReset) {
  auto const state = R"("state":{"messages":{"counter":2,"oldest_order_id":"00"},"mentions":{"counter":0},)"
                     R"("last_state_id":"000000000000000000000007","order":9}})";
  auto const data = [](http::SharedBuffer const& block) { return block->substr(block->find("data: ") + 6); };
  EXPECT_EQ(data(initial_block(Start::resumed, {.epoch = 5, .offset = 8}, sample_viewer(), {}, {})),
            std::string(R"({"type":"initial",)") + state + "\n\n");
  EXPECT_EQ(data(initial_block(Start::reset, {.epoch = 5, .offset = 8}, sample_viewer(), {}, {})),
            std::string(R"({"type":"initial","reset":true,)") + state + "\n\n");
}

TEST(PingBlock, HasAnEmptyDataLine) { EXPECT_EQ(*ping_block(), "event: ping\ndata:\n\n"); }

}  // namespace
}  // namespace parlance::anytype
