#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parlance::http {

struct MultipartLimits {
  std::size_t header_bytes = 8192;  ///< of one part: names and file names are short
  std::size_t part_count = 100;     ///< forms of ours have few fields
};

struct PartHeader {
  std::string name;
  std::optional<std::string> filename;  ///< as the client spelled it, path separators included; `filename*` wins
  std::string content_type;             ///< empty where the part names none
};

struct MultipartEvent {
  enum class Kind { part_begin, data, part_end, end };

  Kind kind;
  PartHeader part;        ///< of part_begin
  std::string_view data;  ///< of data, never empty; valid until the next call and while its input lives
};

/// Reads multipart/form-data (RFC 7578) as it arrives, however it is sliced: for each part part_begin, any number of
/// data, part_end; then end. Text before the first boundary and after the last is ignored.
///
/// Errors: payload_too_large over a limit; invalid_argument for anything malformed: a boundary line with more on it, a
/// part without Content-Disposition `form-data` and a name, a folded or broken header, a name or file name that is not
/// UTF-8, a transfer encoding. After an error the parser must not be used again.
///
/// Memory: one part's header; data is never copied. Not shared between threads.
class MultipartParser {
 public:
  /// `content_type` is the request's header. unsupported_media where it is not multipart/form-data; invalid_argument
  /// where its boundary is missing, over 70 characters, or made of other characters than RFC 2046 allows.
  static Result<MultipartParser> create(std::string_view content_type, MultipartLimits limits = {});

  /// Consumes from the front of `input` until there is an event, or all of it. An empty optional: more is needed.
  Result<std::optional<MultipartEvent>> next(std::string_view& input);

  /// To be called when the body has ended. invalid_argument where the closing boundary has not been seen.
  Result<void> finish() const;

 private:
  using Step = Result<std::optional<MultipartEvent>>;
  enum class State { body, boundary_tail, closing_dash, line_feed, headers, epilogue };

  MultipartParser(std::string_view boundary, MultipartLimits limits);

  Step read_body(std::string_view& input);
  std::optional<MultipartEvent> continue_delimiter(std::string_view& input);
  std::optional<MultipartEvent> boundary_found();
  Step read_boundary_line(std::string_view& input);
  Step read_headers(std::string_view& input);
  Result<PartHeader> parse_part_header() const;

  std::string delimiter_;  // CR LF "--" boundary; CR stands only at its start, so a failed match never overlaps itself
  MultipartLimits limits_;
  std::string header_;
  std::size_t matched_ = 2;  // delimiter bytes seen
  std::size_t assumed_ = 2;  // of these, how many are not in the body: its start counts as the start of a line
  std::size_t parts_ = 0;
  std::size_t padding_ = 0;
  State state_ = State::body;
  bool in_part_ = false;  // false in the preamble
};

}  // namespace parlance::http
