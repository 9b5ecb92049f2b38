#include "core/credentials.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

class CredentialsTest : public VerbsTest {
 protected:
  IssuedToken token(Caller const& caller, TokenUse use, TokenGrant const& grant = {}) {
    return must([&](Transaction& tx) { return issue_token(tx, tenant(), caller.user, kMinute, "", use, grant); });
  }
  std::optional<TokenOwner> spend(IssuedToken const& token) {
    return must([&](Transaction& tx) { return spend_token(tx, token.token); });
  }
};

TEST_P(CredentialsTest, GrantWhatTheyAreAndHaveIfTheyAreForRepeatedUse) {
  auto const issued = token(user("alice"), TokenUse::repeated);
  auto const owner = must([&](Transaction& tx) { return find_token(tx, issued.token); });
  EXPECT_EQ(owner->grant.token, issued.id);
  EXPECT_EQ(owner->grant.expires_at, issued.expires_at);
}

TEST_P(CredentialsTest, HandOnTheGrantOfWhoAskedForThemIfTheyAreForASingleUse) {
  auto const alice = user("alice");
  auto const source = token(alice, TokenUse::repeated);
  auto const by_key = spend(token(alice, TokenUse::once));
  EXPECT_FALSE(by_key->grant.token);
  EXPECT_EQ(by_key->grant.expires_at, 0);
  auto const by_token = spend(token(alice, TokenUse::once, {source.id, source.expires_at}));
  EXPECT_EQ(by_token->grant.token, source.id);
  EXPECT_EQ(by_token->grant.expires_at, source.expires_at);
}

TEST_P(CredentialsTest, AreWorthNothingWithoutWhatTheyHandOn) {
  auto const alice = user("alice");
  auto const source = token(alice, TokenUse::repeated);
  EXPECT_FALSE(spend(token(alice, TokenUse::once, {source.id, 1})).has_value());
  auto const late = token(alice, TokenUse::once, {source.id, source.expires_at});
  must([&](Transaction& tx) { return revoke_token(tx, tenant(), source.id); });
  EXPECT_FALSE(spend(late).has_value());
}

TEST_P(CredentialsTest, HaveABearerUntilTheyAreRevoked) {
  auto const alice = user("alice");
  auto const issued = token(alice, TokenUse::repeated);
  auto const once = token(alice, TokenUse::once);
  auto const bearer = [&](TenantId of, TokenId id) {
    auto const found = must([&](Transaction& tx) { return find_bearer(tx, of, id); });
    return found ? found->external_id + " " + std::string(role_name(found->role)) : "nobody";
  };
  EXPECT_EQ(bearer(tenant(), issued.id), "alice member");
  EXPECT_EQ(bearer(TenantId{77}, issued.id), "nobody");
  EXPECT_EQ(bearer(tenant(), once.id), "nobody");
  must([&](Transaction& tx) { return put_user(tx, tenant(), "alice", {.role = model::TenantRole::guest}); });
  EXPECT_EQ(bearer(tenant(), issued.id), "alice guest");
  must([&](Transaction& tx) { return revoke_token(tx, tenant(), issued.id); });
  EXPECT_EQ(bearer(tenant(), issued.id), "nobody");
}

PARLANCE_TEST_ON_EVERY_ENGINE(CredentialsTest);

}  // namespace
}  // namespace parlance::core
