#include "core/locks.h"

#include <chrono>
#include <future>
#include <thread>

#include "core/channels.h"
#include "core/members.h"
#include "core/message_log.h"
#include "core/organisations.h"
#include "core/preferences.h"
#include "core/reactions.h"
#include "core/reads.h"
#include "core/spaces.h"
#include "core/streams.h"
#include "core/testing.h"
#include "core/threads.h"

namespace parlance::core {
namespace {

using storage::Transaction;

/// What one statement answers in one row and column.
constexpr auto kFirstColumn = [](storage::Row const& row) { return row.integer(0); };

/// Two verbs at once, as two nodes run them: both have looked before either has written.
class LocksTest : public VerbsTest {
 protected:
  /// Runs `second` on another connection while `first` has run and has not committed yet. Returns the outcome of
  /// `second`.
  template <class First, class Second>
  auto race(First first, Second second) {
    auto const mine = *database()->connect(storage::Access::read_write);
    EXPECT_TRUE(mine->begin());
    Transaction tx(*mine);
    auto const done = first(tx);
    EXPECT_TRUE(done) << (done ? "" : describe(done.error()));
    auto other = std::async(std::launch::async, [&] { return run(second); });
    wait_for_the_other(other);
    EXPECT_TRUE(mine->commit());
    return other.get();
  }

  std::int64_t number(std::string const& sql, std::initializer_list<storage::Param> params = {}) {
    return must([&](Transaction& tx) { return tx.one(sql, params, kFirstColumn); });
  }

  ConversationId open_channel(Caller const& caller) {
    return must([&](Transaction& tx) {
             return create_channel(tx, caller, {.name = "open", .mode = ChannelMode::anyone});
           })
        .id;
  }

  ConversationId thread(Caller const& caller, ConversationId channel) {
    return must([&](Transaction& tx) { return create_thread(tx, caller, {.text = "text", .channels = {channel}}); })
        .thread.id;
  }

  Caller with_role(std::string const& name, model::TenantRole role) {
    auto const made = must([&](Transaction& tx) { return put_user(tx, tenant(), name, {.name = name, .role = role}); });
    return {.tenant = tenant(), .user = made.id, .external_id = name, .role = role};
  }

  /// Those who are in, and the count of them that is kept.
  std::string members(ConversationId id) {
    return fmt::format("{} of {}",
                       number("SELECT COUNT(*) FROM members WHERE conversation_id = $1 AND membership = 1", {id}),
                       number("SELECT member_count FROM conversations WHERE id = $1", {id}));
  }

 private:
  /// Until it waits for a lock, or has needed none.
  template <class Future>
  void wait_for_the_other(Future const& other) {
    auto const watcher = *database()->connect(storage::Access::read_only);
    for (int i = 0; i < 400; ++i) {
      if (other.wait_for(std::chrono::milliseconds(5)) == std::future_status::ready) return;
      EXPECT_TRUE(watcher->begin());
      Transaction tx(*watcher);
      auto const waiting = tx.one("SELECT COUNT(*) FROM pg_locks WHERE NOT granted", {}, kFirstColumn);
      watcher->rollback();
      if (waiting.value_or(0) > 0) return;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, LocksTest, testing::Values(storage::Engine::postgres), storage::engine_name);

TEST_P(LocksTest, WhatIsDeletedIsNotEditedAtOnce) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const id = send(alice, room, "before").id;
  auto const edited =
      race([&](Transaction& tx) { return delete_message(tx, alice, room, id, DeleteRight::author_only); },
           [&](Transaction& tx) { return edit_message(tx, alice, room, id, {.text = "after"}); });
  EXPECT_EQ(edited ? "edited" : describe(edited.error()), "3 [] no such message");
  EXPECT_EQ(number("SELECT COUNT(*) FROM messages WHERE deleted_at > 0 AND text <> ''"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM events WHERE conversation_id = $1 AND message_id = $2", {room, id}), 2);
}

TEST_P(LocksTest, WhatIsDeletedTakesNoReaction) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const id = send(alice, room, "text").id;
  auto const outcome =
      race([&](Transaction& tx) { return delete_message(tx, alice, room, id, DeleteRight::author_only); },
           [&](Transaction& tx) { return change_reaction(tx, alice, room, id, "+1", ReactionChange::set); });
  EXPECT_FALSE(outcome);
  EXPECT_EQ(number("SELECT COUNT(*) FROM reactions"), 0);
}

TEST_P(LocksTest, AReactionThatComesTwiceIsThereOnce) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const id = send(alice, room, "text").id;
  auto const react = [&](Transaction& tx) { return change_reaction(tx, alice, room, id, "+1", ReactionChange::set); };
  auto const outcome = race(react, react);
  ASSERT_TRUE(outcome) << describe(outcome.error());
  EXPECT_FALSE(outcome->changed);
}

TEST_P(LocksTest, ReadMarksOfTwoAddUp) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  for (int i = 0; i < 4; ++i) send(alice, room, "text");
  auto const marked = race([&](Transaction& tx) { return mark_read(tx, bob, room, 1, 1); },
                           [&](Transaction& tx) { return mark_read(tx, bob, room, 3, 3); });
  EXPECT_TRUE(marked);
  auto const bobs = must([&](Transaction& tx) { return find_member(tx, tenant(), room, bob.user); });
  EXPECT_EQ(bobs->read.format(), "1-1,3-3");
}

TEST_P(LocksTest, PreferencesOfTwoAddUp) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const changed =
      race([&](Transaction& tx) { return change_preferences(tx, alice, room, {.starred = true}); },
           [&](Transaction& tx) { return change_preferences(tx, alice, room, {.mute_until = kMutedForEver}); });
  ASSERT_TRUE(changed);
  EXPECT_TRUE(changed->starred);
}

TEST_P(LocksTest, ReadingDoesNotUndoAJoining) {
  auto const alice = with_role("alice", model::TenantRole::owner);
  auto const bob = user("bob");
  auto const open = open_channel(alice);
  send(alice, open, "text");
  auto const read = race([&](Transaction& tx) { return join_channel(tx, bob, open); },
                         [&](Transaction& tx) { return acknowledge(tx, bob, open, 1); });
  EXPECT_TRUE(read);
  EXPECT_EQ(members(open), "2 of 2");
}

TEST_P(LocksTest, WhoLeavesTwiceIsCountedOnce) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob, user("carol")});
  auto const go = [&](Transaction& tx) { return leave(tx, bob, room); };
  EXPECT_FALSE(race(go, go));
  EXPECT_EQ(members(room), "2 of 2");
  auto const come = [&](Transaction& tx) { return add_member(tx, alice, room, bob.user, model::MemberRole::member); };
  EXPECT_TRUE(race(come, come));
  EXPECT_EQ(members(room), "3 of 3");
}

TEST_P(LocksTest, APublicationWithOneKeyIsOne) {
  must([&](Transaction& tx) { return publish(tx, tenant(), {.key = "news", .body = "0"}); });
  auto const input = NewPublication{.key = "news", .body = "1", .idempotency_key = "k"};
  std::int64_t first = 0;
  auto const second = race(
      [&](Transaction& tx) -> Result<void> {
        first = TRY(publish(tx, tenant(), input)).offset;
        return {};
      },
      [&](Transaction& tx) { return publish(tx, tenant(), input); });
  ASSERT_TRUE(second);
  EXPECT_EQ(second->offset, first);
}

TEST_P(LocksTest, ChangesOfOneThreadInTwoListsAddUp) {
  auto const alice = with_role("alice", model::TenantRole::owner);
  auto const open = open_channel(alice);
  auto const first = thread(alice, open);
  auto const second = thread(alice, open);
  auto const changed =
      race([&](Transaction& tx) { return change_threads(tx, alice, {second, first}, {.resolved = true}); },
           [&](Transaction& tx) { return change_threads(tx, alice, {second}, {.hidden = true}); });
  EXPECT_TRUE(changed);
  EXPECT_EQ(number("SELECT bits FROM conversations WHERE id = $1", {second}),
            model::kThreadHidden | model::kThreadResolved);
}

TEST_P(LocksTest, WhatIsArchivedTakesNoMessage) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const sent =
      race([&](Transaction& tx) { return archive_conversation(tx, alice, room); },
           [&](Transaction& tx) { return send_message(tx, alice, {.conversation = room, .text = "text"}); });
  ASSERT_FALSE(sent);
  EXPECT_EQ(describe(sent.error()), "4 [] this conversation is archived");
}

TEST_P(LocksTest, NoThreadComesIntoADeletedChannel) {
  auto const alice = with_role("alice", model::TenantRole::owner);
  auto const first = open_channel(alice);
  auto const begin = [&](ConversationId channel) {
    return [&alice, channel](Transaction& tx) {
      return create_thread(tx, alice, {.text = "text", .channels = {channel}});
    };
  };
  auto const begun = race([&](Transaction& tx) { return delete_channel(tx, alice, first); }, begin(first));
  EXPECT_EQ(begun ? "begun" : describe(begun.error()), "3 [] no such channel");
  auto const second = open_channel(alice);
  EXPECT_FALSE(race(begin(second), [&](Transaction& tx) { return delete_channel(tx, alice, second); }));
}

TEST_P(LocksTest, OfTwoLastOwnersOneStays) {
  with_role("alice", model::TenantRole::owner);
  with_role("bob", model::TenantRole::owner);
  auto const step_down = [&](std::string name) {
    return [this, name](Transaction& tx) { return put_user(tx, tenant(), name, {.role = model::TenantRole::member}); };
  };
  auto const second = race(step_down("alice"), step_down("bob"));
  ASSERT_FALSE(second);
  EXPECT_EQ(describe(second.error()), "4 [role] the last owner cannot step down");
}

TEST_P(LocksTest, ANameDoesNotUndoARole) {
  with_role("alice", model::TenantRole::owner);
  with_role("bob", model::TenantRole::admin);
  auto const named =
      race([&](Transaction& tx) { return put_user(tx, tenant(), "bob", {.role = model::TenantRole::guest}); },
           [&](Transaction& tx) { return put_user(tx, tenant(), "bob", {.name = "Bob"}); });
  ASSERT_TRUE(named);
  EXPECT_EQ(named->role, model::TenantRole::guest);
}

TEST_P(LocksTest, OfTwoLastOwnersOfASpaceOneStays) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const space = must([&](Transaction& tx) { return create_space(tx, alice, {.name = "space"}); }).id;
  must([&](Transaction& tx) { return put_space_member(tx, alice, space, bob.user, model::SpaceRole::owner); });
  auto const gone = race([&](Transaction& tx) { return remove_space_member(tx, alice, space, alice.user); },
                         [&](Transaction& tx) { return remove_space_member(tx, bob, space, bob.user); });
  ASSERT_FALSE(gone);
  EXPECT_EQ(describe(gone.error()), "4 [] the last owner cannot go");
}

TEST_P(LocksTest, SettingsOfTwoAddUp) {
  auto const alice = with_role("alice", model::TenantRole::owner);
  auto const changed =
      race([&](Transaction& tx) { return update_organisation(tx, alice, {.title = "title"}); },
           [&](Transaction& tx) { return update_organisation(tx, alice, {.description = "description"}); });
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->settings.org.title + " " + changed->settings.org.description, "title description");
}

TEST_P(LocksTest, AThreadIsHiddenWithTheLastOfItsChannels) {
  auto const admin = with_role("root", model::TenantRole::admin);
  auto const one = open_channel(admin);
  auto const other = open_channel(admin);
  auto const id = must([&](Transaction& tx) {
                    return create_thread(tx, admin, {.text = "text", .channels = {one, other}});
                  }).thread.id;
  auto const hide = [&](ConversationId channel) {
    return [&admin, channel](Transaction& tx) {
      return update_channel(tx, admin, channel, {.mode = ChannelMode::hidden});
    };
  };
  EXPECT_TRUE(race(hide(one), hide(other)));
  EXPECT_EQ(number("SELECT hidden FROM conversations WHERE id = $1", {id}), 1);
}

}  // namespace
}  // namespace parlance::core
