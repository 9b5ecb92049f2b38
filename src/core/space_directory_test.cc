#include "core/space_directory.h"

#include <gtest/gtest.h>

#include "core/members.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

class SpaceDirectory : public VerbsTest {
 protected:
  ConversationId conversation(Caller const& caller, SpaceId space, std::string name, model::Access access,
                              std::vector<ConversationId> parents = {}) {
    NewConversation input;
    input.kind = parents.empty() ? model::ConversationKind::channel : model::ConversationKind::thread;
    input.access = access;
    input.space = space;
    input.name = std::move(name);
    input.parents = std::move(parents);
    return must([&](storage::Transaction& tx) { return create_conversation(tx, caller, input); }).conversation.id;
  }

  std::string names(Caller const& caller, SpaceId space, std::int64_t limit = 100, std::int64_t offset = 0) {
    auto const page =
        must([&](storage::Transaction& tx) { return list_conversations_of_space(tx, caller, space, limit, offset); });
    auto text = std::to_string(page.total) + ":";
    for (auto const& item : page.items) text += " " + item.name.value_or("?");
    return text;
  }

  model::Space space(Caller const& caller, std::string name) {
    return must([&](storage::Transaction& tx) { return create_space(tx, caller, {.name = name}); });
  }
};

TEST_P(SpaceDirectory, ListsWhatTheCallerMaySee) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const home = space(alice, "Home").id;
  must([&](storage::Transaction& tx) { return put_space_member(tx, alice, home, bob.user, model::SpaceRole::editor); });
  conversation(alice, home, "open", model::Access::space);
  auto const secret = conversation(alice, home, "secret", model::Access::members);
  conversation(alice, home, "all", model::Access::tenant);
  conversation(alice, home, "aside", model::Access::parents, {secret});

  EXPECT_EQ(names(alice, home), "5: Home open secret all aside");
  EXPECT_EQ(names(bob, home), "3: Home open all");
  EXPECT_EQ(names(alice, home, 2, 1), "5: open secret");
  EXPECT_EQ(names(backend(), home), "5: Home open secret all aside");
}

TEST_P(SpaceDirectory, LeavesOutWhatIsLeftOrArchived) {
  auto const alice = user("alice");
  auto const home = space(alice, "Home").id;
  auto const left = conversation(alice, home, "left", model::Access::tenant);
  auto const old = conversation(alice, home, "old", model::Access::space);
  must([&](storage::Transaction& tx) { return archive_conversation(tx, backend(), old); });
  EXPECT_EQ(names(alice, home), "2: Home left");
  auto const gone = run([&](storage::Transaction& tx) { return leave(tx, alice, left); });
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_EQ(names(alice, home), "1: Home");
}

TEST_P(SpaceDirectory, IsClosedToStrangers) {
  auto const home = space(user("alice"), "Home").id;
  auto const bob = user("bob");
  EXPECT_EQ(error_of([&](storage::Transaction& tx) { return list_conversations_of_space(tx, bob, home, 10, 0); }),
            "2 [] not a member of this space");
  EXPECT_EQ(error_of([&](storage::Transaction& tx) { return list_members_of_space(tx, bob, home, 10, 0); }),
            "2 [] not a member of this space");
}

TEST_P(SpaceDirectory, ListsMembersByNameAndFindsOne) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const carol = user("carol");
  must([&](storage::Transaction& tx) { return put_user(tx, tenant(), "carol", {.name = "Aunt Carol"}); });
  auto const home = space(alice, "Home").id;
  for (auto const& each : {bob, carol}) {
    must([&](storage::Transaction& tx) {
      return put_space_member(tx, alice, home, each.user, model::SpaceRole::viewer);
    });
  }
  auto const page = must([&](storage::Transaction& tx) { return list_members_of_space(tx, alice, home, 2, 0); });
  EXPECT_EQ(page.total, 3);
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[0].external_id, "carol");
  EXPECT_EQ(page.items[1].external_id, "alice");
  auto const found = must([&](storage::Transaction& tx) { return find_space_member(tx, alice, home, "bob"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->member.role, model::SpaceRole::viewer);
  EXPECT_FALSE(must([&](storage::Transaction& tx) { return find_space_member(tx, alice, home, "dave"); }));
}

PARLANCE_TEST_ON_EVERY_ENGINE(SpaceDirectory);

}  // namespace
}  // namespace parlance::core
