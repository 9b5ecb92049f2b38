#include "files/s3_blob_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/crypto.h"
#include "files/testing.h"

namespace parlance::files {
namespace {

/// Against a real service: PARLANCE_TEST_S3 names its origin, where a bucket "blob-test" exists for the key S3RVER.
/// tests/conversations/test_s3.py starts one and runs this.
class S3BlobStoreTest : public BlobsTest {
 protected:
  void SetUp() override {
    auto const* const endpoint = std::getenv("PARLANCE_TEST_S3");
    if (endpoint == nullptr) GTEST_SKIP() << "PARLANCE_TEST_S3 names no service";
    BlobsTest::SetUp();
    S3Options options{.endpoint = endpoint, .bucket = "blob-test", .key = {"S3RVER", "S3RVER", "us-east-1"}};
    s3_ = must(S3BlobStore::open(options, root() + "-spool", media_types()));
  }

  void TearDown() override {
    if (s3_) BlobsTest::TearDown();
  }

  Blob put(std::string_view content) {
    auto const writer = must(s3_->begin(kLimit));
    must(writer->write(content.substr(0, 1)));
    must(writer->write(content.substr(1)));
    return must(writer->finish());
  }

  std::string content_of(std::string_view digest) {
    auto const blob = must(s3_->open(digest));
    std::string content(static_cast<std::size_t>(blob.size), '\0');
    EXPECT_EQ(read(blob.file.get(), content.data(), content.size()), blob.size);
    return content;
  }

  std::unique_ptr<S3BlobStore> s3_;
};

TEST_F(S3BlobStoreTest, StoresByDigestAndGivesBack) {
  auto const blob = put("hello");
  EXPECT_EQ(blob.digest, to_hex(sha256("hello")));
  EXPECT_EQ(blob.size, 5);
  EXPECT_EQ(blob.media_type, "text/plain");
  EXPECT_EQ(put("hello").digest, blob.digest);
  EXPECT_EQ(content_of(blob.digest), "hello");
  EXPECT_TRUE(must(s3_->exists(blob.digest)));
  EXPECT_FALSE(must(s3_->exists(std::string(64, '0'))));
  EXPECT_EQ(s3_->open(std::string(64, '0')).error().code, Errc::not_found);
  EXPECT_EQ(s3_->open("../../etc/passwd").error().code, Errc::not_found);
}

TEST_F(S3BlobStoreTest, HoldsTheLimitAndLeavesNothingBehind) {
  auto const writer = must(s3_->begin(3));
  EXPECT_EQ(writer->write("four").error().code, Errc::payload_too_large);
  auto const unfinished = must(s3_->begin(kLimit));
  must(unfinished->write("never finished"));
  EXPECT_FALSE(must(s3_->exists(to_hex(sha256("never finished")))));
}

TEST_F(S3BlobStoreTest, RemovesWhatIsOldEnough) {
  auto const blob = put("old");
  EXPECT_FALSE(must(s3_->remove_older(blob.digest, now() - kHour)));
  EXPECT_TRUE(must(s3_->remove_older(blob.digest, now() + kHour)));
  EXPECT_FALSE(must(s3_->remove_older(blob.digest, now() + kHour)));
  EXPECT_FALSE(must(s3_->exists(blob.digest)));
}

TEST_F(S3BlobStoreTest, VisitsEveryBlob) {
  auto const first = put("first of all").digest;
  auto const second = put("second of all").digest;
  std::vector<std::string> seen;
  auto const visit = [&](std::string_view digest) -> Result<void> {
    seen.emplace_back(digest);
    return {};
  };
  must(s3_->for_each_older(now() + kHour, visit));
  EXPECT_NE(std::ranges::find(seen, first), seen.end());
  EXPECT_NE(std::ranges::find(seen, second), seen.end());
  seen.clear();
  must(s3_->for_each_older(now() - kHour, visit));
  EXPECT_TRUE(seen.empty());
}

TEST_F(S3BlobStoreTest, TakesInOnlyWhatIsThere) {
  EXPECT_EQ(s3_->take_in("uploads/1/2", 5).error().code, Errc::not_found);
}

}  // namespace
}  // namespace parlance::files
