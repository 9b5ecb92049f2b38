#include "files/local_blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/crypto.h"
#include "files/testing.h"

namespace parlance::files {
namespace {

constexpr std::chrono::hours kTwoDays{48};

class LocalBlobStoreTest : public BlobsTest {
 protected:
  /// Open descriptors of this process.
  static std::ptrdiff_t descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
  }
};

TEST_F(LocalBlobStoreTest, KeepsAContentUnderItsDigest) {
  auto const blob = put("hello");
  EXPECT_EQ("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", blob.digest);
  EXPECT_EQ(5, blob.size);
  EXPECT_EQ("text/plain", blob.media_type);
  EXPECT_EQ("hello", content_of(blob.digest));
  EXPECT_EQ(std::vector<std::string>{blob.digest.substr(0, 2) + "/" + blob.digest.substr(2)}, files());
  EXPECT_TRUE(*store().exists(blob.digest));
}

TEST_F(LocalBlobStoreTest, TakesAContentInPieces) {
  std::string content;
  auto const writer = must(store().begin(kLimit));
  for (int i = 0; i < 500; ++i) {
    auto const piece = std::string(static_cast<std::size_t>(i), static_cast<char>(i));
    must(writer->write(piece));
    content += piece;
  }
  auto const blob = must(writer->finish());
  EXPECT_EQ(to_hex(sha256(content)), blob.digest);
  EXPECT_EQ(content, content_of(blob.digest));
}

TEST_F(LocalBlobStoreTest, TakesAnEmptyContent) {
  auto const blob = must(must(store().begin(0))->finish());
  EXPECT_EQ(to_hex(sha256("")), blob.digest);
  EXPECT_EQ(0, blob.size);
  EXPECT_EQ("application/octet-stream", blob.media_type);
  EXPECT_EQ("", content_of(blob.digest));
}

TEST_F(LocalBlobStoreTest, LeavesNothingOfAContentOverTheLimit) {
  auto const before = descriptors();
  auto const writer = must(store().begin(10));
  must(writer->write("0123456789"));
  auto const over = writer->write("x");
  ASSERT_FALSE(over);
  EXPECT_EQ(Errc::payload_too_large, over.error().code);
  // At once, not only when the writer goes.
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(before, descriptors());
  EXPECT_FALSE(writer->write("y"));
  EXPECT_FALSE(writer->finish());
  EXPECT_TRUE(files().empty());
  auto const exact = must(store().begin(10));
  must(exact->write("0123456789"));
  EXPECT_TRUE(exact->finish());
}

TEST_F(LocalBlobStoreTest, LeavesNothingOfAnAbandonedWriter) {
  auto const before = descriptors();
  {
    auto const writer = must(store().begin(kLimit));
    must(writer->write("half of it"));
    EXPECT_EQ(1U, files().size());
  }
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(before, descriptors());
}

TEST_F(LocalBlobStoreTest, ClearsAwayWhatACrashHasLeft) {
  auto const blob = put("kept");
  std::ofstream(root() + "/tmp/upload-abcdef") << "half of it";
  age_file(root() + "/tmp/upload-abcdef", std::chrono::hours(25));
  reopen();
  EXPECT_EQ(1U, files().size());
  EXPECT_EQ("kept", content_of(blob.digest));
}

TEST_F(LocalBlobStoreTest, LeavesAloneWhatAnotherProcessIsWriting) {
  auto const writer = must(store().begin(kLimit));
  must(writer->write("half of it, "));
  auto const other = must(LocalBlobStore::open(root(), media_types()));
  must(writer->write("and the rest"));
  auto const digest = must(writer->finish()).digest;
  EXPECT_EQ("half of it, and the rest", content_of(digest));
  EXPECT_TRUE(*other->exists(digest));
}

TEST_F(LocalBlobStoreTest, KeepsWhatIsStoredAgainWhileAnotherProcessRemovesIt) {
  auto const other = must(LocalBlobStore::open(root(), media_types()));
  auto const digest = put("same").digest;
  auto const path = root() + "/" + digest.substr(0, 2) + "/" + digest.substr(2);
  std::atomic<bool> is_over = false;
  {
    std::jthread const remover([&] {
      while (!is_over) must(other->remove_older(digest, now() - kDay));
    });
    for (int round = 0; round < 100; ++round) {
      std::error_code gone;
      std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - kTwoDays, gone);
      put("same");
    }
    is_over = true;
  }
  EXPECT_EQ("same", content_of(digest));
  EXPECT_EQ(1U, files().size());
}

TEST_F(LocalBlobStoreTest, StoresEqualContentsOnce) {
  auto const first = must(store().begin(kLimit));
  auto const second = must(store().begin(kLimit));
  must(first->write("same"));
  must(second->write("sa"));
  must(second->write("me"));
  auto const digest = must(first->finish()).digest;
  auto const open = must(store().open(digest));
  EXPECT_EQ(digest, must(second->finish()).digest);
  EXPECT_EQ(1U, files().size());
  EXPECT_EQ("same", content_of(digest));
  char buffer[4];
  EXPECT_EQ(4, read(open.file.get(), buffer, 4));
}

TEST_F(LocalBlobStoreTest, TakesManyWritersAtOnce) {
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([this] {
        for (int i = 0; i < 20; ++i) put("content " + std::to_string(i));
      });
  }
  EXPECT_EQ(20U, files().size());
}

TEST_F(LocalBlobStoreTest, AnswersNotFound) {
  for (std::string const& digest : {std::string(64, 'a'), std::string("../../etc/passwd"), std::string(),
                                    std::string(64, 'A'), "../" + std::string(61, 'a')}) {
    auto const blob = store().open(digest);
    ASSERT_FALSE(blob);
    EXPECT_EQ(Errc::not_found, blob.error().code);
    EXPECT_FALSE(*store().exists(digest));
    EXPECT_FALSE(*store().remove_older(digest, now() + kDay));
  }
}

TEST_F(LocalBlobStoreTest, RemovesOnlyWhatIsOldEnough) {
  auto const digest = put("hello").digest;
  EXPECT_FALSE(*store().remove_older(digest, now() - kDay));
  age(digest, std::chrono::hours(48));
  put("hello");
  EXPECT_FALSE(*store().remove_older(digest, now() - kDay));
  age(digest, std::chrono::hours(48));
  auto const open = must(store().open(digest));
  EXPECT_TRUE(*store().remove_older(digest, now() - kDay));
  EXPECT_FALSE(*store().exists(digest));
  char buffer[5];
  EXPECT_EQ(5, read(open.file.get(), buffer, 5));
}

TEST_F(LocalBlobStoreTest, ListsWhatIsOldEnough) {
  auto const old = put("old").digest;
  put("young");
  age(old, std::chrono::hours(48));
  std::vector<std::string> listed;
  must(store().for_each_older(now() - kDay, [&](std::string_view digest) -> Result<void> {
    listed.emplace_back(digest);
    return {};
  }));
  EXPECT_EQ(std::vector{old}, listed);
}

TEST_F(LocalBlobStoreTest, IsUnavailableWhereItCannotWrite) {
  std::filesystem::remove_all(root());
  auto const writer = store().begin(kLimit);
  ASSERT_FALSE(writer);
  EXPECT_EQ(Errc::unavailable, writer.error().code);
  std::ofstream(root()) << "a file is in the way";
  EXPECT_FALSE(LocalBlobStore::open(root(), media_types()));
  std::filesystem::remove(root());
}

}  // namespace
}  // namespace parlance::files
