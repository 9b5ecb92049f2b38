#include "core/thread_scope.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/channels.h"
#include "core/members.h"
#include "core/spaces.h"
#include "core/testing.h"
#include "core/threads.h"

namespace parlance::core {
namespace {

bool has(auto const& list, auto id) { return std::ranges::find(list, id) != list.end(); }

class ThreadScope : public VerbsTest {
 protected:
  ConversationId conversation(Caller const& caller, NewConversation const& input) {
    auto const id =
        must([&](storage::Transaction& tx) { return create_conversation(tx, caller, input); }).conversation.id;
    send(caller, id, "something");
    return id;
  }

  ConversationId channel(Caller const& caller, model::Access access, SpaceId space = {}) {
    return conversation(caller, {.kind = model::ConversationKind::channel, .access = access, .space = space});
  }

  ConversationId thread(Caller const& caller, ConversationId channel) {
    return conversation(
        caller, {.kind = model::ConversationKind::thread, .access = model::Access::parents, .parents = {channel}});
  }

  model::ThreadScope scope(Caller const& caller) {
    return must([&](storage::Transaction& tx) { return read_thread_scope(tx, caller); });
  }

  /// What an index makes of the scope, for one conversation that is neither archived nor hidden.
  static bool holds(model::ThreadScope const& scope, model::Conversation const& it,
                    std::vector<ConversationId> const& parents) {
    if (has(scope.left, it.id)) return false;
    if (scope.sees_all || has(scope.conversations, it.id)) return true;
    switch (it.access) {
      case model::Access::members: return false;
      case model::Access::space: return has(scope.spaces, it.space) || has(scope.spaces, it.provider_space);
      case model::Access::tenant: return scope.is_person;
      case model::Access::parents:
        return std::ranges::any_of(parents, [&](auto parent) { return has(scope.channels, parent); });
      case model::Access::anyone: return true;
    }
    return false;
  }

  /// The ids that the index and the core's own list disagree on.
  std::vector<ConversationId> disputed(Caller const& caller) {
    auto const scope_of_caller = scope(caller);
    return must([&](storage::Transaction& tx) -> Result<std::vector<ConversationId>> {
      auto const listed = TRY(list_thread_ids(tx, caller, 1000));
      std::vector<ConversationId> wrong;
      auto const all = TRY(tx.all("SELECT id FROM conversations WHERE tenant_id = $1 AND last_seq > 0", {tenant()},
                                  [](storage::Row const& row) { return row.id<ConversationId>(0); }));
      for (auto const id : all) {
        auto const it = TRY(find_conversation(tx, tenant(), id));
        auto const parents =
            TRY(tx.all("SELECT parent_id FROM conversation_parents WHERE tenant_id = $1 AND conversation_id = $2",
                       {tenant(), id}, [](storage::Row const& row) { return row.id<ConversationId>(0); }));
        if (holds(scope_of_caller, *it, parents) != has(listed, id)) wrong.push_back(id);
      }
      return wrong;
    });
  }
};

TEST_P(ThreadScope, AgreesWithTheListOfThreadsForEverybody) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto guest = user("guest");
  guest.role = model::TenantRole::guest;
  auto const home = must([&](storage::Transaction& tx) { return create_space(tx, alice, {.name = "Home"}); }).id;
  for (auto const space : {SpaceId{}, home}) {
    for (auto const access :
         {model::Access::members, model::Access::space, model::Access::tenant, model::Access::anyone}) {
      thread(alice, channel(alice, access, space));
    }
  }
  group({alice, bob});
  auto const left = thread(bob, channel(bob, model::Access::anyone));
  must([&](storage::Transaction& tx) { return leave(tx, bob, left); });

  Caller const stranger{.tenant = tenant(), .role = model::TenantRole::guest};
  for (auto const& caller : {alice, bob, guest, stranger, backend()}) {
    EXPECT_EQ(std::vector<ConversationId>{}, disputed(caller)) << caller.external_id;
  }
}

TEST_P(ThreadScope, TellsWhereHistoryBeginsWithJoining) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const id = group({alice}, model::HistoryMode::since_join);
  send(alice, id, "before");
  must([&](storage::Transaction& tx) { return add_member(tx, alice, id, bob.user, model::MemberRole::member); });
  auto const found = scope(bob);
  ASSERT_EQ(1U, found.partial.size());
  EXPECT_EQ(id, found.partial.front().conversation);
  EXPECT_EQ(1, found.partial.front().hidden_through);
  EXPECT_TRUE(scope(alice).partial.empty());
}

TEST_P(ThreadScope, GivesAStrangerOnlyWhatIsOpenToAnyone) {
  auto const alice = user("alice");
  auto const open = channel(alice, model::Access::anyone);
  thread(alice, open);
  thread(alice, channel(alice, model::Access::tenant));
  auto const found = scope({.tenant = tenant(), .role = model::TenantRole::guest});
  EXPECT_EQ(std::vector{open}, found.channels);
  EXPECT_TRUE(found.conversations.empty() && found.spaces.empty() && !found.is_person && !found.sees_all);
}

PARLANCE_TEST_ON_EVERY_ENGINE(ThreadScope);

}  // namespace
}  // namespace parlance::core
