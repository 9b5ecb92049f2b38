#include "files/collector.h"

#include <algorithm>
#include <set>

#include "files/testing.h"

namespace parlance::files {
namespace {

/// Rows as a database would hold them, with the files that messages refer to.
class CollectorTest : public BlobsTest {
 protected:
  /// An upload of the given age; its blob's digest.
  std::string upload(std::string const& content, std::chrono::hours old, bool is_referred_to = false) {
    auto const blob = put(content);
    model::File file;
    file.id = {std::ssize(rows_) + 1};
    file.digest = blob.digest;
    file.created_at = now() - std::chrono::microseconds(old).count();
    rows_.push_back(file);
    if (is_referred_to) referred_to_.insert(file.id);
    age(blob.digest, old);
    return blob.digest;
  }

  FileRows hooks() {
    return {
        .collect = [this](Timestamp before, std::int64_t limit) -> Result<std::vector<model::File>> {
          std::vector<model::File> taken;
          std::erase_if(rows_, [&](model::File const& file) {
            bool const is_taken =
                file.created_at < before && !referred_to_.contains(file.id) && std::ssize(taken) < limit;
            if (is_taken) taken.push_back(file);
            return is_taken;
          });
          return taken;
        },
        .is_used = [this](std::string_view digest) -> Result<bool> {
          return std::ranges::find(rows_, digest, &model::File::digest) != rows_.end();
        },
    };
  }

  Collected collect() { return must(collect_files(store(), hooks(), now() - kDefaultGrace)); }

 private:
  std::vector<model::File> rows_;
  std::set<FileId> referred_to_;
};

TEST_F(CollectorTest, RemovesOldFilesThatNothingRefersTo) {
  auto const old = upload("old", std::chrono::hours(25));
  auto const young = upload("young", std::chrono::hours(23));
  auto const wanted = upload("wanted", std::chrono::hours(1000), true);
  auto const collected = collect();
  EXPECT_EQ(1, collected.files);
  EXPECT_EQ(1, collected.blobs);
  EXPECT_FALSE(*store().exists(old));
  EXPECT_TRUE(*store().exists(young));
  EXPECT_TRUE(*store().exists(wanted));
}

TEST_F(CollectorTest, KeepsABlobThatAnotherFileUses) {
  upload("same", std::chrono::hours(1000), true);
  auto const digest = upload("same", std::chrono::hours(25));
  auto const collected = collect();
  EXPECT_EQ(1, collected.files);
  EXPECT_EQ(0, collected.blobs);
  EXPECT_TRUE(*store().exists(digest));
}

TEST_F(CollectorTest, KeepsABlobThatIsBeingUploadedAgain) {
  auto const digest = upload("same", std::chrono::hours(25));
  put("same");  // its row is not there yet
  auto const collected = collect();
  EXPECT_EQ(1, collected.files);
  EXPECT_EQ(0, collected.blobs);
  EXPECT_TRUE(*store().exists(digest));
}

TEST_F(CollectorTest, TakesAnyNumber) {
  for (int i = 0; i < 450; ++i) upload("content " + std::to_string(i % 300), std::chrono::hours(25));
  auto const collected = collect();
  EXPECT_EQ(450, collected.files);
  EXPECT_EQ(300, collected.blobs);
  EXPECT_TRUE(files().empty());
}

TEST_F(CollectorTest, RemovesOfSomeBlobsThoseWithoutARow) {
  auto const mine = put("mine").digest;
  auto const shared = upload("shared", std::chrono::hours(0));
  auto const again = put("again").digest;
  age(mine, std::chrono::hours(1));
  age(shared, std::chrono::hours(1));
  auto const before = now() - kMinute;
  EXPECT_EQ(1, must(remove_unused_blobs(store(), hooks().is_used, {mine, shared, again}, before)));
  EXPECT_FALSE(*store().exists(mine));
  EXPECT_TRUE(*store().exists(shared));
  EXPECT_TRUE(*store().exists(again)) << "somebody else is uploading it";
}

TEST_F(CollectorTest, SweepsBlobsThatNeverGotARow) {
  auto const lost = put("lost").digest;
  age(lost, std::chrono::hours(25));
  put("on its way");
  upload("wanted", std::chrono::hours(1000), true);
  EXPECT_EQ(1, must(sweep_blobs(store(), hooks(), now() - kDefaultGrace)));
  EXPECT_FALSE(*store().exists(lost));
  EXPECT_EQ(2U, files().size());
}

}  // namespace
}  // namespace parlance::files
