#include "core/imports.h"

#include "core/backlogs.h"
#include "core/dispatch.h"
#include "core/events.h"
#include "core/members.h"
#include "core/message_log.h"
#include "core/personal.h"
#include "core/previews.h"
#include "core/reads.h"
#include "core/relay.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

constexpr Timestamp kThen = 1'614'754'663 * kSecond;

class ImportsTest : public VerbsTest {
 protected:
  PutConversation put(ImportedConversation const& input) {
    return must([&](Transaction& tx) { return put_imported_conversation(tx, tenant(), input); });
  }

  PutMessage put(ImportedMessage const& input) {
    return must([&](Transaction& tx) { return put_imported_message(tx, tenant(), input); });
  }

  /// A group of alice and bob.
  ConversationId imported_group() {
    ImportedConversation input{.xid = "old-1", .kind = model::ConversationKind::group};
    input.created_by = alice_.user;
    input.created_at = kThen;
    input.members = {alice_.user, bob_.user};
    return put(input).id;
  }

  ImportedMessage message_in(ConversationId id, std::string const& xid, std::string const& text) {
    return {.conversation = id, .xid = xid, .sender = alice_.user, .text = text, .created_at = kThen + kSecond};
  }

  model::Message read(ConversationId id, MessageId message) {
    return must([&](Transaction& tx) -> Result<model::Message> {
      return read_message(tx, TRY(meet(tx, backend(), id)), message, Tombstones::keep);
    });
  }

  std::string outcome(PutMessage const& put) {
    return fmt::format("{} +{}", static_cast<int>(put.outcome), put.reactions_added);
  }

  std::int64_t job_count() {
    return must([](Transaction& tx) {
      return tx.one("SELECT COUNT(*) FROM jobs", {}, [](storage::Row const& row) { return row.integer(0); });
    });
  }

  void SetUp() override {
    VerbsTest::SetUp();
    if (IsSkipped()) return;
    alice_ = user("alice");
    bob_ = user("bob");
  }

  Caller alice_;
  Caller bob_;
};

PARLANCE_TEST_ON_EVERY_ENGINE(ImportsTest);

TEST_P(ImportsTest, KeepsAuthorsAndTimes) {
  auto const id = imported_group();
  auto input = message_in(id, "m1", "hello");
  input.edited_at = kThen + kMinute;
  input.mentions = {bob_.user};
  input.reactions = {{bob_.user, "+1"}};
  input.attachments = {{.kind = model::AttachmentKind::link, .target = "https://files.example/a"}};
  auto const message = read(id, put(input).id);
  EXPECT_EQ(fmt::format("{} {} {} {} {}", message.seq, message.xid, message.sender_external_id, message.text,
                        message.created_at == kThen + kSecond),
            "1 m1 alice hello true");
  EXPECT_EQ(message.edited_at, kThen + kMinute);
  EXPECT_EQ(message.mention_external_ids, std::vector<std::string>{"bob"});
  ASSERT_EQ(message.reactions.size(), 1U);
  EXPECT_EQ(message.reactions[0].external_id + message.reactions[0].emoji, "bob+1");
  ASSERT_EQ(message.attachments.size(), 1U);
  EXPECT_EQ(message.attachments[0].target, "https://files.example/a");
  auto const group = must([&](Transaction& tx) { return find_conversation(tx, tenant(), id); });
  EXPECT_EQ(group->created_at, kThen);
  EXPECT_EQ(group->last_message_at, kThen + kSecond);
  EXPECT_EQ(group->member_count, 2);
}

TEST_P(ImportsTest, KnowsWhatIsHere) {
  auto const id = imported_group();
  auto input = message_in(id, "m1", "hello");
  input.reactions = {{bob_.user, "+1"}};
  EXPECT_EQ(outcome(put(input)), "0 +1");
  EXPECT_EQ(outcome(put(input)), "2 +0");
  input.reactions.push_back({alice_.user, "tada"});
  EXPECT_EQ(outcome(put(input)), "1 +1");
  input.text = "edited";
  EXPECT_EQ(outcome(put(input)), "2 +0");
  input.edited_at = kThen + kHour;
  EXPECT_EQ(outcome(put(input)), "1 +0");
  auto const messages = must([&](Transaction& tx) -> Result<std::vector<model::Message>> {
    return read_messages(tx, TRY(meet(tx, backend(), id)), {});
  });
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].text, "edited");
  EXPECT_EQ(messages[0].reactions.size(), 2U);
}

TEST_P(ImportsTest, LeavesWhatPeopleHaveDoneHere) {
  auto const id = imported_group();
  auto first = message_in(id, "m1", "edited there");
  auto second = message_in(id, "m2", "said there");
  auto const edited = put(first).id;
  auto const deleted = put(second).id;
  must([&](Transaction& tx) { return edit_message(tx, alice_, id, edited, {.text = "edited here"}); });
  must([&](Transaction& tx) { return delete_message(tx, alice_, id, deleted, DeleteRight::author_only); });
  must([&](Transaction& tx) { return leave(tx, bob_, id); });
  first.edited_at = kThen + kHour;
  second.reactions = {{bob_.user, "+1"}};
  EXPECT_EQ(outcome(put(first)), "2 +0");
  EXPECT_EQ(outcome(put(second)), "2 +0");
  EXPECT_EQ(read(id, edited).text, "edited here");
  EXPECT_EQ(read(id, deleted).text, "");
  imported_group();
  EXPECT_EQ(must([&](Transaction& tx) { return all_members(tx, tenant(), id); }).size(), 1U);
}

TEST_P(ImportsTest, CausesNothing) {
  auto const mine = must([&](Transaction& tx) { return open_personal_stream(tx, tenant(), bob_.user); });
  auto const jobs_before = job_count();
  take_events();
  auto const id = imported_group();
  auto input = message_in(id, "m1", "see https://example.org/ and\n```codeaction\nreturn 1\n```");
  input.mentions = {bob_.user};
  put(input);
  EXPECT_EQ(job_count(), jobs_before);
  EXPECT_TRUE(take_events().empty());
  EXPECT_FALSE(must([&](Transaction& tx) { return find_due_messages(tx, tenant(), id); }));
  auto const own = must([&](Transaction& tx) { return find_conversation(tx, tenant(), mine.id); });
  EXPECT_EQ(own->last_offset, mine.last_offset);
  EXPECT_EQ(read(id, *must([&](Transaction& tx) { return find_message_by_xid(tx, tenant(), id, "m1"); })).text,
            "see https://example.org/ and\n```codeaction\n[code hidden]\n```");
  auto const unread =
      must([&](Transaction& tx) -> Result<Unread> { return count_unread(tx, bob_, TRY(meet(tx, bob_, id))); });
  EXPECT_EQ(unread, Unread{});
  for (auto const& backlog : must([&](Transaction& tx) { return list_backlogs(tx, tenant(), bob_.user); }))
    EXPECT_EQ(backlog.received_seq, backlog.last_seq);
}

TEST_P(ImportsTest, CausesNothingBesideWhatIsDue) {
  auto const id = imported_group();
  send(bob_, id, "live, https://example.org/live");
  put(message_in(id, "m1", "old, https://example.org/old"));
  auto const due = must([&](Transaction& tx) { return find_due_messages(tx, tenant(), id); });
  ASSERT_TRUE(due);
  EXPECT_EQ(due->last_seq, 2);
  EXPECT_EQ(must([&](Transaction& tx) { return list_sent(tx, tenant(), id, 1, 2); }).size(), 1U);
  auto const links = must([&](Transaction& tx) { return list_link_sources(tx, tenant(), id, *due, 2); });
  ASSERT_EQ(links.size(), 1U);
  EXPECT_TRUE(links[0].text.starts_with("live"));
}

TEST_P(ImportsTest, IsReplayed) {
  auto const id = imported_group();
  auto input = message_in(id, "m1", "hello");
  put(input);
  input.reactions = {{bob_.user, "+1"}};
  put(input);
  auto const page = must([&](Transaction& tx) { return read_events(tx, tenant(), id, 0, 0, 100); });
  std::string kinds;
  for (auto const& live : page.events) kinds += fmt::format("{} ", static_cast<int>(live.event.kind));
  EXPECT_EQ(kinds, "14 9 9 1 5 ");
  EXPECT_EQ(page.last_offset, 5);
  EXPECT_EQ(page.events[3].message->text, "hello");
}

TEST_P(ImportsTest, IsNotRelayed) {
  auto const unrelayed = [&] { return must([](Transaction& tx) { return list_unrelayed(tx, 10); }).size(); };
  must([](Transaction& tx) { return begin_relaying(tx); });
  auto const id = imported_group();
  put(message_in(id, "m1", "hello"));
  EXPECT_EQ(unrelayed(), 0U);
  send(bob_, id, "live");
  EXPECT_EQ(unrelayed(), 1U);
  put(message_in(id, "m2", "behind what is due"));
  EXPECT_EQ(must([&](Transaction& tx) { return relayed_through(tx, {tenant(), id}); }), 4);
}

TEST_P(ImportsTest, FindsTheDirectMessagesThatAreHere) {
  auto const here = must([&](Transaction& tx) {
    NewConversation input{.kind = model::ConversationKind::dm, .members = {alice_.user, bob_.user}};
    return create_conversation(tx, alice_, input);
  });
  ImportedConversation input{.xid = "old-dm", .kind = model::ConversationKind::dm};
  input.members = {bob_.user, alice_.user};
  auto const put_twice = put(input);
  EXPECT_EQ(put_twice.id, here.conversation.id);
  EXPECT_EQ(put_twice.outcome, ImportOutcome::kept);
}

TEST_P(ImportsTest, AddsNewMembersAndArchives) {
  auto const id = imported_group();
  ImportedConversation input{.xid = "old-1", .kind = model::ConversationKind::group};
  input.members = {alice_.user, bob_.user, user("carol").user};
  EXPECT_EQ(put(input).outcome, ImportOutcome::changed);
  EXPECT_EQ(put(input).outcome, ImportOutcome::kept);
  input.archived_at = kThen;
  EXPECT_EQ(put(input).outcome, ImportOutcome::changed);
  EXPECT_EQ(put(input).outcome, ImportOutcome::kept);
  auto const group = must([&](Transaction& tx) { return find_conversation(tx, tenant(), id); });
  EXPECT_EQ(group->member_count, 3);
  EXPECT_EQ(group->archived_at, kThen);
}

TEST_P(ImportsTest, RefusesWhatIsNoMessage) {
  auto const id = imported_group();
  auto const refusal = [&](ImportedMessage const& input) {
    return error_of([&](Transaction& tx) { return put_imported_message(tx, tenant(), input); });
  };
  EXPECT_EQ(refusal(message_in(id, "", "x")), "0 [xid] xid must not be empty");
  EXPECT_EQ(refusal(message_in(id, "m", "")), "0 [text] text must not be empty");
  EXPECT_EQ(refusal(message_in(ConversationId{999}, "m", "x")), "3 [] no such conversation");
}

}  // namespace
}  // namespace parlance::core
