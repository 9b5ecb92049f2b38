#include "api/upload_form.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "core/limits.h"

namespace parlance::api {
namespace {

constexpr std::array<std::string_view, 5> kTypes{"file", "image", "video", "audio", "pdf"};
constexpr std::size_t kMaxTypeBytes = 32;

/// Clients may send whole paths of theirs, and anything else; what stays is one line.
std::string base_name(std::string_view filename) {
  auto const slash = filename.find_last_of("/\\");
  if (slash != std::string_view::npos) filename.remove_prefix(slash + 1);
  std::string name(truncate_utf8(filename, core::kMaxNameBytes));
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return name;
}

}  // namespace

Result<UploadForm> UploadForm::create(std::string_view content_type, files::BlobStore& store, std::int64_t limit) {
  return UploadForm(TRY(http::MultipartParser::create(content_type)), store, limit);
}

Result<void> UploadForm::take(std::string_view piece) {
  while (auto const event = TRY(parser_.next(piece))) {
    switch (event->kind) {
      case http::MultipartEvent::Kind::part_begin: TRY(begin(event->part)); break;
      case http::MultipartEvent::Kind::data: TRY(add(event->data)); break;
      case http::MultipartEvent::Kind::part_end: part_ = Part::none; break;
      case http::MultipartEvent::Kind::end: break;
    }
  }
  return {};
}

Result<void> UploadForm::begin(http::PartHeader const& part) {
  part_ = part.name == "file" ? Part::file : part.name == "type" ? Part::type : Part::other;
  if (part_ != Part::file) return {};
  if (writer_) return invalid("file", "the form has more than one file");
  file_name_ = base_name(part.filename.value_or(""));
  writer_ = TRY(store_->begin(limit_));
  return {};
}

Result<void> UploadForm::add(std::string_view data) {
  if (part_ == Part::file) return writer_->write(data);
  if (part_ == Part::type && type_.size() < kMaxTypeBytes) type_ += data.substr(0, kMaxTypeBytes);
  return {};
}

Result<files::Blob> UploadForm::finish() {
  TRY(parser_.finish());
  if (!writer_) return invalid("file", "the form has no part named file");
  return writer_->finish();
}

std::string_view UploadForm::type() const {
  auto const found = std::ranges::find(kTypes, type_);
  return found == kTypes.end() ? kTypes.front() : *found;
}

Task<Result<files::Blob>> receive(BlockingPool& disk, http::Request& request, UploadForm& form) {
  while (true) {
    auto const piece = CO_TRY(co_await request.body_stream->read());
    if (piece.empty()) break;
    CO_TRY(co_await disk.run(request.executor(), [&] { return form.take(piece); }));
  }
  co_return co_await disk.run(request.executor(), [&] { return form.finish(); });
}

}  // namespace parlance::api
