#include "core/messages.h"

#include "core/events.h"
#include "core/members.h"
#include "core/message_log.h"
#include "core/pins.h"
#include "core/reactions.h"
#include "core/reads.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

class MessagesTest : public VerbsTest {
 protected:
  std::vector<model::Message> log(Caller const& caller, ConversationId id, MessageRange const& range = {}) {
    return must([&](Transaction& tx) -> Result<std::vector<model::Message>> {
      return read_messages(tx, TRY(require(tx, caller, id, Action::see)), range);
    });
  }

  std::string texts(Caller const& caller, ConversationId id, MessageRange const& range = {}) {
    std::string text;
    for (auto const& message : log(caller, id, range)) text += fmt::format("{}:{} ", message.seq, message.text);
    return text;
  }

  std::string unread(Caller const& caller, ConversationId id) {
    auto const count = must([&](Transaction& tx) -> Result<Unread> {
      return count_unread(tx, caller, TRY(require(tx, caller, id, Action::see)));
    });
    return fmt::format("{} from {}, {} mentions from {}", count.messages, count.oldest_message_seq, count.mentions,
                       count.oldest_mention_seq);
  }
};

PARLANCE_TEST_ON_EVERY_ENGINE(MessagesTest);

TEST_P(MessagesTest, NumbersMessagesWithoutGapsAndReadsThemInEveryDirection) {
  auto const alice = user("alice");
  auto const room = group({alice, user("bob")});
  for (int i = 1; i <= 6; ++i) send(alice, room, fmt::format("m{}", i));
  EXPECT_EQ(texts(alice, room), "1:m1 2:m2 3:m3 4:m4 5:m5 6:m6 ");
  EXPECT_EQ(texts(alice, room, {.limit = 2}), "5:m5 6:m6 ");
  EXPECT_EQ(texts(alice, room, {.after_seq = 2, .limit = 2}), "3:m3 4:m4 ");
  EXPECT_EQ(texts(alice, room, {.before_seq = 5, .limit = 2}), "3:m3 4:m4 ");
  EXPECT_EQ(texts(alice, room, {.after_seq = 0, .limit = 2, .offset = 3}), "4:m4 5:m5 ");
  EXPECT_EQ(texts(alice, room, {.after_seq = 6}), "");
}

TEST_P(MessagesTest, RefusesAStrangerAndAnotherTenant) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const mallory = user("mallory");
  EXPECT_EQ(error_of([&](Transaction& tx) { return send_message(tx, mallory, {.conversation = room, .text = "x"}); }),
            "2 [] not a member of this conversation");
  auto const other = must([](Transaction& tx) { return create_tenant(tx, {.name = "other"}); }).tenant;
  auto const foreign = user_of(other.id, "alice");
  EXPECT_EQ(error_of([&](Transaction& tx) { return send_message(tx, foreign, {.conversation = room, .text = "x"}); }),
            "3 [] no such conversation");
  EXPECT_EQ(texts(alice, room), "");
}

TEST_P(MessagesTest, RefusesTextThatIsEmptyTooLongOrNotText) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const refusal = [&](std::string const& text) {
    return error_of([&](Transaction& tx) { return send_message(tx, alice, {.conversation = room, .text = text}); });
  };
  EXPECT_EQ(refusal(""), "0 [text] text must not be empty");
  EXPECT_EQ(refusal(std::string(65'537, 'x')), "0 [text] text is longer than 65536 bytes");
  EXPECT_EQ(refusal("\xC3\x28"), "0 [text] text is not valid UTF-8");
  EXPECT_EQ(refusal(std::string("a\0b", 3)), "0 [text] text must not contain a NUL character");
}

TEST_P(MessagesTest, AnswersARepeatedClientIdWithTheFirstMessageAndNoSecondEvent) {
  auto const alice = user("alice");
  auto const room = group({alice});
  NewMessage const input{.conversation = room, .text = "once", .client_id = "c1"};
  auto const first = must([&](Transaction& tx) { return send_message(tx, alice, input); });
  take_events();
  auto const second = must([&](Transaction& tx) { return send_message(tx, alice, input); });
  EXPECT_TRUE(second.existed);
  EXPECT_EQ(second.message.id, first.message.id);
  EXPECT_TRUE(take_events().empty());
  NewMessage const other{.conversation = room, .text = "other", .client_id = "c1"};
  EXPECT_EQ(error_of([&](Transaction& tx) { return send_message(tx, alice, other); }),
            "5 [] this client id was used for another message");
  EXPECT_EQ(texts(alice, room), "1:once ");
}

TEST_P(MessagesTest, AnnouncesEachChangeAtTheNextOffset) {
  auto const alice = user("alice");
  take_events();
  auto const room = group({alice});
  auto const message = send(alice, room, "hello");
  must([&](Transaction& tx) { return edit_message(tx, alice, room, message.id, {.text = "hallo"}); });
  must([&](Transaction& tx) { return change_reaction(tx, alice, room, message.id, "🦉", ReactionChange::set); });
  must([&](Transaction& tx) { return change_reaction(tx, alice, room, message.id, "🦉", ReactionChange::set); });
  must([&](Transaction& tx) { return change_pin(tx, alice, room, message.id, PinChange::pin); });
  must([&](Transaction& tx) { return delete_message(tx, alice, room, message.id, DeleteRight::author_only); });
  std::string text;
  for (auto const& live : take_events()) {
    if (live.event.offset == 0) continue;
    text += fmt::format("{}:{}:{} ", live.event.offset, static_cast<int>(live.event.kind),
                        live.message ? live.message->text : "-");
  }
  EXPECT_EQ(text, "1:14:- 2:9:- 3:1:hello 4:2:hallo 5:5:hallo 6:7:hallo 7:3: ");
}

TEST_P(MessagesTest, ReplaysTheLogWithMessagesAsTheyAreNow) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const kept = send(alice, room, "kept");
  auto const gone = send(alice, room, "gone");
  must([&](Transaction& tx) { return delete_message(tx, alice, room, gone.id, DeleteRight::author_only); });
  auto const read = [&](std::int64_t epoch, std::int64_t after, std::int64_t limit) {
    return must([&](Transaction& tx) { return read_events(tx, tenant(), room, epoch, after, limit); });
  };
  auto const page = read(0, 2, 100);
  ASSERT_EQ(page.events.size(), 3U);
  EXPECT_EQ(page.events[0].message->text, "kept");
  EXPECT_EQ(page.events[1].message->text, "");
  EXPECT_EQ(page.events[2].event.kind, model::EventKind::message_deleted);
  EXPECT_EQ(page.last_offset, 5);
  EXPECT_TRUE(read(page.epoch, 5, 100).events.empty());
  EXPECT_FALSE(read(page.epoch, 5, 100).reset);
  EXPECT_TRUE(read(page.epoch + 1, 2, 100).reset);
  EXPECT_TRUE(read(page.epoch, 6, 100).reset);
  must([&](Transaction& tx) { return trim_events(tx, tx.now() + 1, 3); });
  EXPECT_FALSE(read(page.epoch, 5, 100).reset);
}

TEST_P(MessagesTest, LeavesNothingOfADeletedMessageButItsPlace) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  NewMessage const input{.conversation = room,
                         .text = "secret",
                         .meta = R"({"a":1})",
                         .attachments = {{model::AttachmentKind::link, {}, "https://example.org"}},
                         .mentions = {bob.user}};
  auto const sent = must([&](Transaction& tx) { return send_message(tx, alice, input); }).message;
  must([&](Transaction& tx) { return change_reaction(tx, bob, room, sent.id, "x", ReactionChange::toggle); });
  EXPECT_EQ(unread(bob, room), "1 from 1, 1 mentions from 1");
  must([&](Transaction& tx) { return delete_message(tx, alice, room, sent.id, DeleteRight::author_only); });
  EXPECT_EQ(unread(bob, room), "0 from 0, 0 mentions from 0");
  EXPECT_EQ(texts(alice, room), "");
  auto const kept = log(alice, room, {.tombstones = Tombstones::keep});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].text + kept[0].meta, "");
  EXPECT_TRUE(kept[0].attachments.empty() && kept[0].reactions.empty() && kept[0].mentions.empty());
  EXPECT_EQ(
      error_of([&](Transaction& tx) { return delete_message(tx, alice, room, sent.id, DeleteRight::author_only); }),
      "3 [] no such message");
}

TEST_P(MessagesTest, LetsOnlyTheAuthorEditAndAModeratorDelete) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const carol = user("carol");
  auto const room = group({alice, bob, carol});
  auto const message = send(bob, room, "mine");
  EXPECT_EQ(error_of([&](Transaction& tx) { return edit_message(tx, alice, room, message.id, {.text = "x"}); }),
            "2 [] only its author may edit a message");
  auto const erase = [&](Caller const& caller, DeleteRight right) {
    return error_of([&](Transaction& tx) { return delete_message(tx, caller, room, message.id, right); });
  };
  EXPECT_EQ(erase(alice, DeleteRight::author_only), "2 [] only its author may delete a message");
  EXPECT_EQ(erase(carol, DeleteRight::author_or_moderator), "2 [] only an admin may do this to another's message");
  EXPECT_EQ(erase(alice, DeleteRight::author_or_moderator), "no error");
}

TEST_P(MessagesTest, CountsAReplyAsAMentionOfItsAuthor) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  auto const question = send(alice, room, "why?");
  must([&](Transaction& tx) {
    return send_message(tx, bob, {.conversation = room, .text = "because", .reply_to = question.id});
  });
  EXPECT_EQ(unread(alice, room), "1 from 2, 1 mentions from 2");
  must([&](Transaction& tx) { return mark_mentions_read(tx, alice, room, 1, 2); });
  EXPECT_EQ(unread(alice, room), "1 from 2, 0 mentions from 0");
  auto const elsewhere = send(alice, group({alice}), "elsewhere");
  EXPECT_EQ(error_of([&](Transaction& tx) {
              return send_message(tx, bob, {.conversation = room, .text = "x", .reply_to = elsewhere.id});
            }),
            "0 [reply_to] reply_to is not a message of this conversation");
}

TEST_P(MessagesTest, KeepsReadMarksAsIntervals) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  for (int i = 0; i < 5; ++i) send(alice, room, "x");
  send(bob, room, "own");
  EXPECT_EQ(unread(bob, room), "5 from 1, 0 mentions from 0");
  must([&](Transaction& tx) { return mark_read(tx, bob, room, 2, 3); });
  EXPECT_EQ(unread(bob, room), "3 from 1, 0 mentions from 0");
  must([&](Transaction& tx) { return mark_read(tx, bob, room, 1, 1); });
  EXPECT_EQ(unread(bob, room), "2 from 4, 0 mentions from 0");
  take_events();
  must([&](Transaction& tx) { return mark_read(tx, bob, room, 1, 2); });
  EXPECT_TRUE(take_events().empty());
  must([&](Transaction& tx) { return mark_read(tx, bob, room, 1, 1000); });
  EXPECT_EQ(unread(bob, room), "0 from 0, 0 mentions from 0");
  EXPECT_EQ(must([&](Transaction& tx) { return find_member(tx, tenant(), room, bob.user); })->read.format(), "1-6");
}

TEST_P(MessagesTest, HidesWhatCameBeforeJoiningWhereTheHistoryModeSaysSo) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice}, model::HistoryMode::since_join);
  auto const early = send(alice, room, "early");
  must([&](Transaction& tx) { return add_member(tx, alice, room, bob.user, model::MemberRole::member); });
  send(alice, room, "late");
  EXPECT_EQ(texts(bob, room), "2:late ");
  EXPECT_EQ(texts(alice, room), "1:early 2:late ");
  EXPECT_EQ(unread(bob, room), "1 from 2, 0 mentions from 0");
  EXPECT_EQ(error_of([&](Transaction& tx) { return change_pin(tx, bob, room, early.id, PinChange::pin); }),
            "3 [] no such message");
}

TEST_P(MessagesTest, AcknowledgesForwardOnlyAndNeverPastTheEnd) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  for (int i = 0; i < 3; ++i) send(alice, room, "x");
  auto const acknowledged = [&](std::int64_t seq) {
    return error_of([&](Transaction& tx) { return acknowledge(tx, bob, room, seq); });
  };
  auto const delivered = [&] {
    return must([&](Transaction& tx) { return find_member(tx, tenant(), room, bob.user); })->delivered_seq;
  };
  EXPECT_EQ(acknowledged(2), "no error");
  EXPECT_EQ(acknowledged(1), "no error");
  EXPECT_EQ(delivered(), 2);
  EXPECT_EQ(acknowledged(4), "0 [seq] seq is above the newest message's");
  EXPECT_EQ(acknowledged(-1), "0 [seq] seq must not be negative");
  EXPECT_EQ(delivered(), 2);
}

}  // namespace
}  // namespace parlance::core
