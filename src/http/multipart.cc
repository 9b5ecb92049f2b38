#include "http/multipart.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "http/header_value.h"

namespace parlance::http {
namespace {

constexpr std::size_t kMaxBoundaryBytes = 70;
constexpr std::size_t kMaxPaddingBytes = 64;

std::unexpected<Error> malformed(std::string what) {
  return fail(Errc::invalid_argument, "malformed multipart body: " + std::move(what));
}

bool is_boundary(std::string_view text) {
  if (text.empty() || text.size() > kMaxBoundaryBytes || text.back() == ' ') return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("'()+_,-./:=? ").contains(c);
  });
}

MultipartEvent data_event(std::string_view data) { return {MultipartEvent::Kind::data, {}, data}; }

Result<void> read_disposition(std::string_view value, PartHeader& part) {
  auto const parsed = parse_header_value(value);
  if (!parsed || parsed->value != "form-data") return malformed("Content-Disposition is not form-data");
  auto name = parsed->parameter("name");
  if (!name) return malformed("a part has no name");
  part.name = std::move(*name);
  part.filename = parsed->parameter("filename");
  if (auto const extended = parsed->parameter("filename*")) {
    part.filename = decode_extended_parameter(*extended);
    if (!part.filename) return malformed("filename* is not valid");
  }
  if (!is_utf8(part.name) || (part.filename && !is_utf8(*part.filename))) return malformed("a name is not UTF-8");
  return {};
}

Result<void> check_transfer_encoding(std::string_view value) {
  for (std::string_view const harmless : {"7bit", "8bit", "binary"}) {
    if (equals_ignoring_case(value, harmless)) return {};
  }
  return malformed("a transfer encoding is not supported");
}

}  // namespace

Result<MultipartParser> MultipartParser::create(std::string_view content_type, MultipartLimits limits) {
  auto const parsed = parse_header_value(content_type);
  if (!parsed || parsed->value != "multipart/form-data") {
    return fail(Errc::unsupported_media, "the body must be multipart/form-data");
  }
  auto const boundary = parsed->parameter("boundary");
  if (!boundary || !is_boundary(*boundary)) {
    return fail(Errc::invalid_argument, "the multipart boundary is missing or not valid");
  }
  return MultipartParser(*boundary, limits);
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartLimits limits)
    : delimiter_("\r\n--"), limits_(limits) {
  delimiter_.append(boundary);
}

Result<void> MultipartParser::finish() const {
  if (state_ == State::epilogue) return {};
  return malformed("it ends before its closing boundary");
}

Result<std::optional<MultipartEvent>> MultipartParser::next(std::string_view& input) {
  while (!input.empty()) {
    auto step = [&]() -> Step {
      switch (state_) {
        case State::body: return read_body(input);
        case State::boundary_tail:
        case State::closing_dash:
        case State::line_feed: return read_boundary_line(input);
        case State::headers: return read_headers(input);
        case State::epilogue: input = {}; return std::nullopt;
      }
      std::unreachable();
    }();
    if (!step || *step) return step;
  }
  return std::nullopt;
}

MultipartParser::Step MultipartParser::read_body(std::string_view& input) {
  if (matched_ > 0) return continue_delimiter(input);
  auto const found = input.find(delimiter_);
  auto data = input.substr(0, found);
  if (found == std::string_view::npos) {
    auto const tail = input.rfind('\r');
    if (tail != std::string_view::npos && delimiter_.starts_with(input.substr(tail))) {
      matched_ = input.size() - tail;
      data = input.substr(0, tail);
    }
    input = {};
  } else if (found > 0) {
    input.remove_prefix(found);
  } else {
    input.remove_prefix(delimiter_.size());
    return boundary_found();
  }
  if (!in_part_ || data.empty()) return std::nullopt;
  return data_event(data);
}

std::optional<MultipartEvent> MultipartParser::continue_delimiter(std::string_view& input) {
  while (!input.empty() && matched_ < delimiter_.size() && input.front() == delimiter_[matched_]) {
    ++matched_;
    input.remove_prefix(1);
  }
  if (matched_ == delimiter_.size()) return boundary_found();
  if (input.empty()) return std::nullopt;
  auto const start = std::exchange(assumed_, 0);
  auto const data = std::string_view(delimiter_).substr(start, std::exchange(matched_, 0) - start);
  if (!in_part_ || data.empty()) return std::nullopt;
  return data_event(data);
}

std::optional<MultipartEvent> MultipartParser::boundary_found() {
  matched_ = 0;
  assumed_ = 0;
  padding_ = 0;
  state_ = State::boundary_tail;
  if (!std::exchange(in_part_, false)) return std::nullopt;
  return MultipartEvent{MultipartEvent::Kind::part_end, {}, {}};
}

MultipartParser::Step MultipartParser::read_boundary_line(std::string_view& input) {
  auto const c = input.front();
  input.remove_prefix(1);
  if (state_ == State::closing_dash) {
    if (c != '-') return malformed("text after a boundary");
    state_ = State::epilogue;
    return MultipartEvent{MultipartEvent::Kind::end, {}, {}};
  }
  if (state_ == State::line_feed) {
    if (c != '\n') return malformed("text after a boundary");
    if (++parts_ > limits_.part_count) return fail(Errc::payload_too_large, "too many parts in the multipart body");
    state_ = State::headers;
    return std::nullopt;
  }
  if (c == '\r') {
    state_ = State::line_feed;
  } else if (c == '-' && padding_ == 0) {
    state_ = State::closing_dash;
  } else if ((c != ' ' && c != '\t') || ++padding_ > kMaxPaddingBytes) {
    return malformed("text after a boundary");
  }
  return std::nullopt;
}

MultipartParser::Step MultipartParser::read_headers(std::string_view& input) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  auto const before = header_.size();
  auto const taken = input.substr(0, limits_.header_bytes + 1 - before);
  header_.append(taken);
  if (header_.starts_with("\r\n")) return malformed("a part without headers");
  auto const end = header_.find(kEnd, before < kEnd.size() ? 0 : before - kEnd.size() + 1);
  if (end == std::string::npos) {
    if (header_.size() > limits_.header_bytes) {
      return fail(Errc::payload_too_large, "the header of a multipart part is too long");
    }
    input.remove_prefix(taken.size());
    return std::nullopt;
  }
  input.remove_prefix(end + kEnd.size() - before);
  header_.resize(end + 2);
  auto part = TRY(parse_part_header());
  header_ = {};
  matched_ = assumed_ = 2;  // an empty part's boundary may follow the header's own line end
  state_ = State::body;
  in_part_ = true;
  return MultipartEvent{MultipartEvent::Kind::part_begin, std::move(part), {}};
}

Result<PartHeader> MultipartParser::parse_part_header() const {
  PartHeader part;
  bool has_disposition = false;
  for (std::string_view rest = header_; !rest.empty();) {
    auto const line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return malformed("a broken header line");
    auto const name = line.substr(0, colon);
    auto const value = trim(line.substr(colon + 1));
    if (equals_ignoring_case(name, "content-disposition")) {
      if (std::exchange(has_disposition, true)) return malformed("Content-Disposition given twice");
      TRY(read_disposition(value, part));
    } else if (equals_ignoring_case(name, "content-type")) {
      if (!parse_header_value(value)) return malformed("a broken Content-Type");
      part.content_type = value;
    } else if (equals_ignoring_case(name, "content-transfer-encoding")) {
      TRY(check_transfer_encoding(value));
    }
  }
  if (!has_disposition) return malformed("a part without Content-Disposition");
  return part;
}

}  // namespace parlance::http
