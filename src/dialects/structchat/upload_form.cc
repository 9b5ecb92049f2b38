#include "dialects/structchat/upload_form.h"

#include <utility>

#include "base/text.h"
#include "core/limits.h"

namespace parlance::structchat {

Result<UploadForm> UploadForm::create(std::string_view content_type, files::BlobStore& store, std::int64_t limit) {
  return UploadForm(TRY(http::MultipartParser::create(content_type)), store, limit);
}

Result<void> UploadForm::take(std::string_view piece) {
  while (auto const event = TRY(parser_.next(piece))) {
    switch (event->kind) {
      case http::MultipartEvent::Kind::part_begin: TRY(begin(event->part)); break;
      case http::MultipartEvent::Kind::data:
        if (is_in_file_) TRY(writer_->write(event->data));
        break;
      case http::MultipartEvent::Kind::part_end: is_in_file_ = false; break;
      case http::MultipartEvent::Kind::end: break;
    }
  }
  return {};
}

Result<void> UploadForm::begin(http::PartHeader const& part) {
  if (part.name != "file") return {};
  if (writer_) return invalid("file", "the form has more than one file");
  auto const name = part.filename.value_or("");
  auto const slash = name.find_last_of("/\\");
  file_name_ = truncate_utf8(slash == std::string::npos ? name : name.substr(slash + 1), core::kMaxNameBytes);
  std::erase_if(file_name_, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  writer_ = TRY(store_->begin(limit_));
  is_in_file_ = true;
  return {};
}

Result<files::Blob> UploadForm::finish() {
  TRY(parser_.finish());
  if (!writer_) return invalid("file", "the form has no part named file");
  return writer_->finish();
}

}  // namespace parlance::structchat
