#include "jobs/file_collection.h"

#include <stdlib.h>

#include <filesystem>

#include "core/files.h"
#include "files/local_blob_store.h"
#include "files/media_type.h"
#include "jobs/testing.h"

namespace parlance::jobs {
namespace {

using namespace std::chrono_literals;

class FileCollectionTest : public JobsTest {
 protected:
  void SetUp() override {
    JobsTest::SetUp();
    if (IsSkipped()) return;
    auto pattern = (std::filesystem::temp_directory_path() / "parlance-collection-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(pattern.data()));
    directory_ = pattern;
    media_types_ = unwrap(files::MediaTypes::open());
    store_ = unwrap(files::LocalBlobStore::open(directory_, *media_types_));
  }

  void TearDown() override {
    JobsTest::TearDown();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  std::string store(std::string_view content) {
    auto const writer = unwrap(store_->begin(1000));
    unwrap(writer->write(content));
    return unwrap(writer->finish()).digest;
  }

  model::File upload(std::string_view content) {
    model::File file{.state = model::FileState::stored, .name = "a", .media_type = "text/plain", .size = 1};
    file.digest = store(content);
    return write([&](storage::Transaction& tx) { return core::add_file(tx, anna_, file); });
  }

  model::Message send_with(model::File const& file) {
    core::NewMessage input{.conversation = room_, .text = "look"};
    input.attachments = {{.kind = model::AttachmentKind::file, .file = file.id, .target = "x"}};
    return write([&](storage::Transaction& tx) { return core::send_message(tx, anna_, input); }).message;
  }

  bool is_there(std::string const& digest) { return unwrap(store_->exists(digest)); }

  std::string directory_;
  std::unique_ptr<files::MediaTypes> media_types_;
  std::unique_ptr<files::LocalBlobStore> store_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(FileCollectionTest);

TEST_P(FileCollectionTest, RemovesWhatNoMessageRefersTo) {
  auto const kept = upload("kept");
  auto const shared = upload("shared");
  auto const deleted = upload("deleted");
  send_with(kept);
  send_with(shared);
  auto const message = send_with(deleted);
  write([&](storage::Transaction& tx) {
    return core::delete_message(tx, anna_, room_, message.id, core::DeleteRight::author_only);
  });
  upload("shared");
  auto const abandoned = upload("abandoned");
  auto const lost = store("never got a row");

  EXPECT_TRUE(FileCollection(*lanes_, *reads_, *store_, {.period = 0ms}).collect_if_due());
  EXPECT_EQ(count("SELECT COUNT(*) FROM files"), 5) << "all are young";
  EXPECT_TRUE(is_there(lost));

  EXPECT_TRUE(FileCollection(*lanes_, *reads_, *store_, {.grace = 0ms}).collect_if_due());
  EXPECT_EQ(count("SELECT COUNT(*) FROM files"), 2);
  EXPECT_TRUE(is_there(kept.digest));
  EXPECT_TRUE(is_there(shared.digest));
  EXPECT_FALSE(is_there(deleted.digest));
  EXPECT_FALSE(is_there(abandoned.digest));
  EXPECT_FALSE(is_there(lost));
}

TEST_P(FileCollectionTest, TakesMoreThanItDeletesTogether) {
  model::File const file{.state = model::FileState::reserved, .name = "a", .media_type = "text/plain", .size = 1};
  for (int number = 0; number < 450; ++number)
    write([&](storage::Transaction& tx) { return core::add_file(tx, anna_, file); });
  EXPECT_TRUE(FileCollection(*lanes_, *reads_, *store_, {.grace = 0ms}).collect_if_due());
  EXPECT_EQ(count("SELECT COUNT(*) FROM files"), 0);
}

TEST_P(FileCollectionTest, PassesOnceAPeriodWhoeverDoesIt) {
  FileCollection one(*lanes_, *reads_, *store_, {.grace = 0ms});
  FileCollection other(*lanes_, *reads_, *store_, {.grace = 0ms});
  EXPECT_TRUE(one.collect_if_due());
  EXPECT_FALSE(one.collect_if_due());
  EXPECT_FALSE(other.collect_if_due());
  write([](storage::Transaction& tx) { return tx.execute("UPDATE leases SET until = until - 86400000000"); });
  auto const abandoned = upload("abandoned");
  EXPECT_TRUE(other.collect_if_due());
  EXPECT_FALSE(is_there(abandoned.digest));
}

TEST_P(FileCollectionTest, TriesAgainAfterAFailure) {
  auto const abandoned = upload("abandoned");
  auto const aside = directory_ + "/tmp";
  std::filesystem::rename(aside, directory_ + "/moved");
  FileCollection collection(*lanes_, *reads_, *store_, {.grace = 0ms});
  EXPECT_TRUE(collection.collect_if_due());
  EXPECT_EQ(count("SELECT COUNT(*) FROM leases"), 0);
  std::filesystem::rename(directory_ + "/moved", aside);
  EXPECT_TRUE(collection.collect_if_due());
  EXPECT_FALSE(is_there(abandoned.digest)) << "swept without its row";
}

}  // namespace
}  // namespace parlance::jobs
