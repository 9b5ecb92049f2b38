#include "core/conversations.h"

#include "core/members.h"
#include "core/spaces.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

class ConversationsTest : public VerbsTest {
 protected:
  std::string members(ConversationId id) {
    std::string text;
    for (auto const& member : must([&](Transaction& tx) { return all_members(tx, tenant(), id); })) {
      text += member.external_id + (member.role == model::MemberRole::admin ? "* " : " ");
    }
    return text;
  }

  Result<CreatedConversation> dm(Caller const& caller, std::vector<UserId> members) {
    NewConversation input;
    input.kind = model::ConversationKind::dm;
    input.members = std::move(members);
    return run([&](Transaction& tx) { return create_conversation(tx, caller, input); });
  }

  ConversationId open(model::Access access, SpaceId space = {}) {
    NewConversation input;
    input.kind = model::ConversationKind::channel;
    input.access = access;
    input.space = space;
    return must([&](Transaction& tx) { return create_conversation(tx, backend(), input); }).conversation.id;
  }

  std::string standing(Caller const& caller, ConversationId id) {
    auto const encounter = run([&](Transaction& tx) { return meet(tx, caller, id); });
    if (!encounter) return encounter.error().message;
    switch (encounter->standing) {
      case Standing::none: return "none";
      case Standing::reader: return "reader";
      case Standing::participant: return "participant";
      case Standing::admin: return "admin";
    }
    return "?";
  }
};

PARLANCE_TEST_ON_EVERY_ENGINE(ConversationsTest);

TEST_P(ConversationsTest, KeepsOneDmForTwo) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const first = dm(bob, {bob.user, alice.user});
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->existed);
  EXPECT_EQ(first->conversation.unique_key, "dm:alice:bob");
  auto const again = dm(alice, {alice.user, bob.user});
  EXPECT_TRUE(again->existed);
  EXPECT_EQ(again->conversation.id, first->conversation.id);
  EXPECT_EQ(members(first->conversation.id), "alice bob ");
}

TEST_P(ConversationsTest, TellsDmsApartWhoseIdsHoldTheSeparator) {
  auto const a = user("a:b");
  auto const b = user("c");
  auto const c = user("a");
  auto const d = user("b:c");
  EXPECT_NE(dm(a, {a.user, b.user})->conversation.id, dm(c, {c.user, d.user})->conversation.id);
}

TEST_P(ConversationsTest, RefusesADmOfOtherThanTwo) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const carol = user("carol");
  for (auto const& members :
       {std::vector{alice.user}, std::vector{alice.user, alice.user}, std::vector{alice.user, bob.user, carol.user}}) {
    EXPECT_EQ(describe(dm(alice, members).error()), "0 [members] a dm has exactly two different members");
  }
  EXPECT_EQ(describe(dm(carol, {alice.user, bob.user}).error()), "0 [members] you must be one of the two members");
}

TEST_P(ConversationsTest, AddsTheCreatorAsAdminAndKeepsAnAdminWhenTheLastOneGoes) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const room = group({alice, bob});
  EXPECT_EQ(members(room), "alice* bob ");
  must([&](Transaction& tx) { return leave(tx, alice, room); });
  EXPECT_EQ(members(room), "bob* ");
  EXPECT_EQ(must([&](Transaction& tx) { return find_conversation(tx, tenant(), room); })->member_count, 1);
  EXPECT_EQ(standing(alice, room), "none");
}

TEST_P(ConversationsTest, LetsOnlyAdminsChangeMembersAndSettings) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const carol = user("carol");
  auto const room = group({alice, bob});
  auto const add = [&](Caller const& caller, UserId who) {
    return error_of([&](Transaction& tx) { return add_member(tx, caller, room, who, model::MemberRole::member); });
  };
  EXPECT_EQ(add(bob, carol.user), "2 [] only an admin may change the members");
  EXPECT_EQ(add(alice, UserId{999'999}), "3 [] no such user");
  EXPECT_EQ(add(alice, carol.user), "no error");
  EXPECT_EQ(error_of([&](Transaction& tx) { return update_conversation(tx, bob, room, {.name = "x"}); }),
            "2 [] only an admin may change this conversation");
  EXPECT_EQ(must([&](Transaction& tx) { return update_conversation(tx, alice, room, {.name = "x"}); }).name, "x");
  EXPECT_EQ(error_of([&](Transaction& tx) { return remove_member(tx, alice, room, carol.user); }), "no error");
  EXPECT_EQ(error_of([&](Transaction& tx) { return remove_member(tx, alice, room, carol.user); }),
            "3 [] no such member");
}

TEST_P(ConversationsTest, TakesNoMessagesOnceArchived) {
  auto const alice = user("alice");
  auto const room = group({alice});
  must([&](Transaction& tx) { return archive_conversation(tx, alice, room); });
  EXPECT_EQ(error_of([&](Transaction& tx) { return send_message(tx, alice, {.conversation = room, .text = "x"}); }),
            "4 [] this conversation is archived");
}

TEST_P(ConversationsTest, RanksCallersByEveryKindOfAccess) {
  auto const owner = user("owner");
  auto const viewer = user("viewer");
  auto const stranger = user("stranger");
  auto const space = must([&](Transaction& tx) { return create_space(tx, owner, {.name = "club"}); });
  must([&](Transaction& tx) {
    return put_space_member(tx, backend(), space.id, viewer.user, model::SpaceRole::viewer);
  });
  auto const in_space = open(model::Access::space, space.id);
  EXPECT_EQ(standing(owner, in_space), "admin");
  EXPECT_EQ(standing(viewer, in_space), "reader");
  EXPECT_EQ(standing(stranger, in_space), "none");
  EXPECT_EQ(standing(backend(), in_space), "admin");

  auto const for_all = open(model::Access::tenant);
  auto guest = user("guest");
  guest.role = model::TenantRole::guest;
  EXPECT_EQ(standing(stranger, for_all), "participant");
  EXPECT_EQ(standing(guest, for_all), "none");

  Caller const anonymous{.tenant = tenant()};
  EXPECT_EQ(standing(anonymous, open(model::Access::anyone)), "reader");
  EXPECT_EQ(standing(anonymous, for_all), "none");

  NewConversation thread;
  thread.kind = model::ConversationKind::thread;
  thread.access = model::Access::parents;
  thread.parents = {in_space};
  auto const id = must([&](Transaction& tx) { return create_conversation(tx, backend(), thread); }).conversation.id;
  EXPECT_EQ(standing(viewer, id), "reader");
  EXPECT_EQ(standing(stranger, id), "none");
}

TEST_P(ConversationsTest, ListsWhatACallerHasJoinedNewestActivityFirst) {
  auto const alice = user("alice");
  auto const first = group({alice});
  auto const second = group({alice});
  group({user("bob")});
  send(alice, first, "x");
  auto const list = must([&](Transaction& tx) { return list_joined(tx, alice, 10, 0); });
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].id, first);
  EXPECT_EQ(list[1].id, second);
}

TEST_P(ConversationsTest, RemembersADmAfterAFailedCommandInTheSameBatch) {
  auto const alice = user("alice");
  auto const room = group({alice});
  auto const failed = error_of([&](Transaction& tx) -> Result<void> {
    TRY(send_message(tx, alice, {.conversation = room, .text = "lost"}));
    return fail(Errc::conflict, "after writing");
  });
  EXPECT_EQ(failed, "4 [] after writing");
  EXPECT_EQ(send(alice, room, "kept").seq, 1);
}

}  // namespace
}  // namespace parlance::core
