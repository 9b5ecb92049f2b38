#include "dialects/structchat/user_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace parlance::structchat {
namespace {

using model::TenantRole;

constexpr std::array kRoles{TenantRole::owner, TenantRole::admin, TenantRole::moderator, TenantRole::member,
                            TenantRole::guest};

core::Caller caller(TenantRole role) { return {.user = UserId{1}, .role = role}; }

/// Which roles `by` may give to somebody else who has `from`: a letter each, "-" where not.
std::string may_give(TenantRole by, TenantRole from) {
  constexpr std::string_view kLetters = "oamug";
  std::string row;
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    bool const may = check_new_role(caller(by), {.id = UserId{2}, .role = from}, kRoles[i]).has_value();
    row += may && kRoles[i] != from ? kLetters[i] : '-';
  }
  return row;
}

TEST(StructUserRules, AnOwnerGivesEveryRole) {
  for (auto const from : kRoles) {
    auto row = may_give(TenantRole::owner, from);
    EXPECT_EQ(std::ranges::count(row, '-'), 1) << row;
  }
}

TEST(StructUserRules, AnAdminGivesAllButOwnersAndTouchesNone) {
  EXPECT_EQ(may_give(TenantRole::admin, TenantRole::member), "-am-g");
  EXPECT_EQ(may_give(TenantRole::admin, TenantRole::moderator), "-a-ug");
  EXPECT_EQ(may_give(TenantRole::admin, TenantRole::owner), "-----");
}

TEST(StructUserRules, OthersGiveNone) {
  for (auto const by : {TenantRole::moderator, TenantRole::member, TenantRole::guest})
    for (auto const from : kRoles) EXPECT_EQ(may_give(by, from), "-----");
}

TEST(StructUserRules, EverybodyMayStepDown) {
  model::User const self{.id = UserId{1}, .role = TenantRole::moderator};
  EXPECT_TRUE(check_new_role(caller(TenantRole::moderator), self, TenantRole::member));
  EXPECT_FALSE(check_new_role(caller(TenantRole::moderator), self, TenantRole::admin));
}

TEST(StructUserRules, WhoAddsAndChangesUsers) {
  EXPECT_TRUE(check_may_add(caller(TenantRole::admin), {.open_join = false}));
  EXPECT_FALSE(check_may_add(caller(TenantRole::moderator), {.open_join = false}));
  EXPECT_TRUE(check_may_add(caller(TenantRole::member), {.open_join = true}));
  EXPECT_FALSE(check_may_add(caller(TenantRole::guest), {.open_join = true}));
  EXPECT_TRUE(check_may_change(caller(TenantRole::guest), {.id = UserId{1}}));
  EXPECT_FALSE(check_may_change(caller(TenantRole::moderator), {.id = UserId{2}}));
}

}  // namespace
}  // namespace parlance::structchat
