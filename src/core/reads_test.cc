#include "core/reads.h"

#include <gtest/gtest.h>

#include "core/message_log.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

class ReadsTest : public VerbsTest {
 protected:
  Unread unread(Caller const& caller, ConversationId id) {
    return must([&](storage::Transaction& tx) -> Result<Unread> {
      return count_unread(tx, caller, TRY(require(tx, caller, id, Action::see)));
    });
  }

  std::string kinds_of_new_events() {
    std::string text;
    for (auto const& live : take_events()) {
      if (live.event.offset != 0) text += fmt::format("{}:{} ", static_cast<int>(live.event.kind), live.event.data);
    }
    return text;
  }

  model::Message mention(Caller const& from, ConversationId id, Caller const& whom) {
    NewMessage input{.conversation = id, .text = "you", .mentions = {whom.user}};
    return must([&](storage::Transaction& tx) { return send_message(tx, from, input); }).message;
  }
};

TEST_P(ReadsTest, MarksScatteredMessagesWithOneEvent) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  for (int i = 0; i < 6; ++i) send(alice, room, "hi");
  take_events();
  model::IntervalSet seqs;
  seqs.add(2, 2);
  seqs.add(4, 5);
  must([&](storage::Transaction& tx) { return mark_read(tx, bob, room, seqs); });
  EXPECT_EQ(kinds_of_new_events(), "13:2-2,4-5 ");
  EXPECT_EQ(unread(bob, room).messages, 3);
  must([&](storage::Transaction& tx) { return mark_read(tx, bob, room, seqs); });
  EXPECT_EQ(kinds_of_new_events(), "");
}

TEST_P(ReadsTest, MarksMentionsApartFromMessages) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  send(alice, room, "hi");
  mention(alice, room, bob);
  mention(alice, room, bob);
  take_events();
  auto const unread_mentions = [&] {
    return must([&](storage::Transaction& tx) { return list_unread_mentions(tx, bob, room, 1, 100); });
  };
  EXPECT_EQ(unread_mentions(), (std::vector<std::int64_t>{2, 3}));
  must([&](storage::Transaction& tx) { return mark_mentions_read(tx, bob, room, 1, 2); });
  EXPECT_EQ(kinds_of_new_events(), "13: ");
  EXPECT_EQ(unread_mentions(), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(unread(bob, room).messages, 3);
  EXPECT_EQ(unread(bob, room).mentions, 1);
  must([&](storage::Transaction& tx) { return mark_mentions_read(tx, bob, room, 1, 2); });
  EXPECT_EQ(kinds_of_new_events(), "");
}

TEST_P(ReadsTest, FindsTheNewestMessageAtAnEvent) {
  auto const alice = user("alice");
  auto const room = group({alice});
  std::vector<std::int64_t> offsets;
  for (int i = 0; i < 5; ++i) {
    auto const message = send(alice, room, "hi");
    offsets.push_back(message.added_offset);
    must([&](storage::Transaction& tx) { return edit_message(tx, alice, room, message.id, {.text = "ho"}); });
  }
  auto const at = [&](std::int64_t offset) {
    return must([&](storage::Transaction& tx) -> Result<std::int64_t> {
      auto const encounter = TRY(require(tx, alice, room, Action::see));
      return last_seq_at(tx, encounter.conversation, offset);
    });
  };
  EXPECT_EQ(at(0), 0);
  EXPECT_EQ(at(offsets[0] - 1), 0);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    EXPECT_EQ(at(offsets[i]), static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(at(offsets[i] + 1), static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_EQ(at(INT64_MAX), 5);
}

PARLANCE_TEST_ON_EVERY_ENGINE(ReadsTest);

}  // namespace
}  // namespace parlance::core
