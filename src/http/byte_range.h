#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parlance::http {

/// Which bytes of a stored thing a reply carries (RFC 9110 section 14). Any thread.
struct RangeAnswer {
  enum class Kind {
    whole,          ///< 200 and everything: no range, one that is malformed or of another unit, or several
    part,           ///< 206 with `first` and `length`
    unsatisfiable,  ///< 416 with `Content-Range: bytes */size`
  };

  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;  ///< at least 1 for `part`, the size for `whole`, 0 for `unsatisfiable`

  friend bool operator==(RangeAnswer const&, RangeAnswer const&) = default;
};

/// `range_header` is the value of Range, empty where there is none; `size` is the whole thing's length in bytes.
RangeAnswer resolve_range(std::string_view range_header, std::uint64_t size);

/// The value of Content-Range for a `part` or `unsatisfiable` answer: "bytes 0-9/100", "bytes */100".
std::string content_range(RangeAnswer answer, std::uint64_t size);

/// False where an If-Range value says that the client's copy is of another version, so Range must be ignored. `etag`
/// is quoted; a weak one never matches. `last_modified` is the exact HTTP date that was sent, or empty.
bool if_range_holds(std::string_view if_range_header, std::string_view etag, std::string_view last_modified);

enum class Disposition { in_line, attachment };

/// A Content-Disposition value (RFC 6266) for any file name a stranger may have chosen: `filename` holds harmless
/// ASCII, `filename*` the UTF-8 name where it differs. Control characters and path separators become "_"; the name is
/// cut to 255 bytes. An empty name gives the bare disposition.
std::string content_disposition(Disposition disposition, std::string_view filename);

}  // namespace parlance::http
