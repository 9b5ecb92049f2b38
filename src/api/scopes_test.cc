#include "api/scopes.h"

#include <gtest/gtest.h>

namespace parlance::api {
namespace {

TEST(Scopes, ReadAloneOnlyReads) {
  EXPECT_TRUE(may_write(""));
  EXPECT_FALSE(may_write("read"));
  EXPECT_FALSE(may_write("audit read"));
  EXPECT_TRUE(may_write("read write"));
  EXPECT_TRUE(may_write("write"));
  EXPECT_TRUE(may_write("reader"));
  EXPECT_EQ(require_writing("read").error().code, Errc::forbidden);
}

TEST(Scopes, KnowWhatRoutesChange) {
  http::Route route;
  route.method = http::Method::get;
  EXPECT_TRUE(only_reads(route));
  route.success_status = 101;
  EXPECT_FALSE(only_reads(route));
  route.method = http::Method::post;
  route.success_status = 200;
  EXPECT_FALSE(only_reads(route));
  EXPECT_TRUE(only_reads(route.reads()));
}

}  // namespace
}  // namespace parlance::api
