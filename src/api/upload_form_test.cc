#include "api/upload_form.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parlance::api {
namespace {

/// Keeps what is written; counts writers that were given up.
class MemoryStore final : public files::BlobStore {
 public:
  class Writer final : public files::BlobWriter {
   public:
    Writer(MemoryStore& store, std::int64_t limit) : store_(store), limit_(limit) {}
    ~Writer() override {
      if (!is_finished_) ++store_.discarded;
    }
    Result<void> write(std::string_view bytes) override {
      content_ += bytes;
      if (static_cast<std::int64_t>(content_.size()) > limit_) return fail(Errc::payload_too_large, "too long");
      return {};
    }
    Result<files::Blob> finish() override {
      is_finished_ = true;
      store_.content = content_;
      return files::Blob{"digest", static_cast<std::int64_t>(content_.size()), "text/plain"};
    }

   private:
    MemoryStore& store_;
    std::int64_t limit_;
    std::string content_;
    bool is_finished_ = false;
  };

  Result<std::unique_ptr<files::BlobWriter>> begin(std::int64_t limit) override {
    return std::make_unique<Writer>(*this, limit);
  }
  Result<files::OpenBlob> open(std::string_view) override { return fail(Errc::not_found, "none"); }
  Result<bool> exists(std::string_view) override { return false; }
  Result<bool> remove_older(std::string_view, Timestamp) override { return false; }
  Result<void> for_each_older(Timestamp, std::function<Result<void>(std::string_view)> const&) override { return {}; }

  std::string content;
  int discarded = 0;
};

std::string part(std::string_view name, std::string_view filename, std::string_view content) {
  auto const file = filename.empty() ? std::string() : fmt::format("; filename=\"{}\"", filename);
  return fmt::format("--b\r\nContent-Disposition: form-data; name=\"{}\"{}\r\n\r\n{}\r\n", name, file, content);
}

constexpr std::string_view kEnd = "--b--\r\n";

class UploadFormTest : public testing::Test {
 protected:
  /// Feeds the body in pieces of that size; "ok", or the error's field and message.
  std::string upload(std::string_view body, std::size_t piece = 7, std::int64_t limit = 100) {
    auto form = UploadForm::create("multipart/form-data; boundary=b", store_, limit);
    if (!form) return form.error().message;
    for (std::size_t from = 0; from < body.size(); from += piece) {
      if (auto taken = form->take(body.substr(from, piece)); !taken) return describe(taken.error());
    }
    auto const blob = form->finish();
    if (!blob) return describe(blob.error());
    return fmt::format("{} {} {}", form->file_name(), form->type(), blob->size);
  }

  static std::string describe(Error const& error) { return fmt::format("[{}] {}", error.field, error.message); }

  MemoryStore store_;
};

TEST_F(UploadFormTest, TakesAFileHoweverItIsSliced) {
  auto const body = part("type", "", "image") + part("file", "a.png", "some\r\n--xytes") + std::string(kEnd);
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    EXPECT_EQ(upload(body, piece), "a.png image 13");
    EXPECT_EQ(store_.content, "some\r\n--xytes");
  }
  EXPECT_EQ(store_.discarded, 0);
}

TEST_F(UploadFormTest, KnowsFiveTypes) {
  auto const typed = [&](std::string_view type) {
    return upload(part("file", "a", "x") + part("type", "", type) + std::string(kEnd));
  };
  EXPECT_EQ(typed("pdf"), "a pdf 1");
  EXPECT_EQ(typed("hologram"), "a file 1");
  EXPECT_EQ(typed(std::string(1000, 'x')), "a file 1");
}

TEST_F(UploadFormTest, WantsOneFile) {
  EXPECT_EQ(upload(part("other", "a", "x") + std::string(kEnd)), "[file] the form has no part named file");
  EXPECT_EQ(upload(part("file", "a", "x") + part("file", "b", "y") + std::string(kEnd)),
            "[file] the form has more than one file");
  EXPECT_EQ(store_.discarded, 1);
}

TEST_F(UploadFormTest, DiscardsWhatIsTooLongOrCutOff) {
  EXPECT_EQ(upload(part("file", "a", std::string(101, 'x')) + std::string(kEnd)), "[] too long");
  EXPECT_NE(upload(part("file", "a", "x")), "a file 1");
  EXPECT_EQ(store_.discarded, 2);
  EXPECT_EQ(store_.content, "");
}

TEST_F(UploadFormTest, NamesAreNoPaths) {
  EXPECT_EQ(upload(part("file", "../../x/a.png", "x") + std::string(kEnd)), "a.png file 1");
  EXPECT_EQ(upload(part("file", "", "x") + std::string(kEnd)), " file 1");
}

}  // namespace
}  // namespace parlance::api
