#include "api/sealed_text.h"

#include <gtest/gtest.h>

#include "base/crypto.h"

namespace parlance::api {
namespace {

TEST(SealedText, IsReadBackWithItsSecretOnly) {
  for (auto const& text : {std::string(), std::string("sk_1234"), std::string(100'000, 'x')}) {
    auto const sealed = seal("secret", text);
    EXPECT_EQ(unseal("secret", sealed), text);
    EXPECT_FALSE(unseal("another", sealed));
  }
}

TEST(SealedText, HidesTheTextAndDiffersEachTime) {
  auto const sealed = seal("secret", "sk_1234");
  EXPECT_NE(sealed, seal("secret", "sk_1234"));
  EXPECT_EQ(parse_base64(sealed)->find("sk_1234"), std::string::npos);
}

TEST(SealedText, NoticesAChange) {
  auto bytes = *parse_base64(seal("secret", "sk_1234"));
  for (auto& byte : bytes) {
    byte = static_cast<char>(byte ^ 1);
    EXPECT_FALSE(unseal("secret", to_base64(bytes)));
    byte = static_cast<char>(byte ^ 1);
  }
  EXPECT_FALSE(unseal("secret", "no base64"));
  EXPECT_FALSE(unseal("secret", ""));
}

}  // namespace
}  // namespace parlance::api
