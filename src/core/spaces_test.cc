#include "core/spaces.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace parlance::core {
namespace {

constexpr std::string_view kForbidden = "only an admin may change this space";

class Spaces : public VerbsTest {
 protected:
  SpaceId space_of(Caller const& owner) {
    return must([&](storage::Transaction& tx) { return create_space(tx, owner, {.name = "Home"}); }).id;
  }

  std::string put(Caller const& caller, SpaceId space, Caller const& user, model::SpaceRole role) {
    auto const outcome =
        run([&](storage::Transaction& tx) { return put_space_member(tx, caller, space, user.user, role); });
    return outcome ? "put" : outcome.error().message;
  }

  std::string remove(Caller const& caller, SpaceId space, Caller const& user) {
    auto const outcome =
        run([&](storage::Transaction& tx) { return remove_space_member(tx, caller, space, user.user); });
    return outcome ? "removed" : outcome.error().message;
  }
};

/// The same user, named by the tenant's backend, which acts for it.
Caller through_backend(Caller user) {
  user.is_backend = true;
  return user;
}

TEST_P(Spaces, ABackendActingForAUserMayWhatTheUserMay) {
  auto const alice = user("alice");
  auto const editor = user("editor");
  auto const stranger = user("stranger");
  auto const guest = user("guest");
  auto const home = space_of(alice);
  ASSERT_EQ(put(through_backend(alice), home, editor, model::SpaceRole::editor), "put");

  EXPECT_EQ(put(through_backend(editor), home, editor, model::SpaceRole::owner), kForbidden);
  EXPECT_EQ(put(through_backend(editor), home, guest, model::SpaceRole::viewer), kForbidden);
  EXPECT_EQ(remove(through_backend(editor), home, alice), kForbidden);
  EXPECT_EQ(put(through_backend(stranger), home, stranger, model::SpaceRole::viewer), "not a member of this space");
  EXPECT_EQ(error_of([&](storage::Transaction& tx) {
              return update_space(tx, through_backend(editor), home, {.name = "Mine"});
            }),
            error_of([&](storage::Transaction& tx) { return update_space(tx, editor, home, {.name = "Mine"}); }));
}

TEST_P(Spaces, TheBackendAndAdminsMayChangeMembers) {
  auto const alice = user("alice");
  auto const bob = user("bob");
  auto const home = space_of(alice);
  auto chief = user("chief");
  chief.role = model::TenantRole::admin;

  EXPECT_EQ(put(backend(), home, bob, model::SpaceRole::viewer), "put");
  EXPECT_EQ(put(alice, home, bob, model::SpaceRole::admin), "put");
  EXPECT_EQ(put(bob, home, chief, model::SpaceRole::viewer), "put");
  EXPECT_EQ(put(chief, home, bob, model::SpaceRole::editor), "put");
  EXPECT_EQ(remove(chief, home, bob), "removed");
}

TEST_P(Spaces, KeepsItsLastOwner) {
  auto const alice = user("alice");
  auto const home = space_of(alice);
  EXPECT_EQ(put(alice, home, alice, model::SpaceRole::editor), "the last owner cannot step down");
  EXPECT_EQ(remove(alice, home, alice), "the last owner cannot go");
}

PARLANCE_TEST_ON_EVERY_ENGINE(Spaces);

}  // namespace
}  // namespace parlance::core
