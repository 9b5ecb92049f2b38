#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/admission.h"
#include "http/request.h"

namespace parlance::http {

struct ParserLimits {
  std::size_t request_line = 8 << 10;
  std::size_t header_block = 32 << 10;
};

/// Reads one HTTP/1 request from bytes as they come. No I/O, no routing.
class RequestParser {
 public:
  enum class Step {
    need_more,  ///< what is left of the input is to be given again, with more behind it
    head,       ///< the request's head is filled; call again for the body, also with no input
    done,       ///< the request is whole; what is left of the input belongs to the next one
    failed,     ///< see rejection(); nothing of this connection can be read any more
  };

  /// Fills `request`, which must outlive this.
  static std::unique_ptr<RequestParser> create(ParserLimits limits, Request& request);
  virtual ~RequestParser() = default;

  /// Consumes from the front of `input`.
  virtual Step feed(std::string_view& input) = 0;

  /// After the head: where body bytes are appended; null to discard them. `limit` counts discarded bytes as well.
  virtual void set_body_target(std::string* target, std::size_t limit) = 0;

  virtual AnnouncedBody announced_body() const = 0;
  /// True where the client's head allows another request behind this one.
  virtual bool keeps_alive() const = 0;
  /// True for HTTP/1.1.
  virtual bool is_modern() const = 0;
  virtual Rejection const& rejection() const = 0;
};

}  // namespace parlance::http
