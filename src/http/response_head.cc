#include "http/response_head.h"

#include <algorithm>
#include <charconv>

#include "http/status.h"

namespace parlance::http {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool is_safe(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// 1xx, 204 and 304 have no body and no Content-Length (RFC 9110 section 8.6).
bool may_have_length(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

void append_head(std::string& out, Response const& response, ReplyFraming framing, std::string_view request_id,
                 std::string_view date) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    auto const field = response.headers.at(i);
    if (is_safe(field.name) && is_safe(field.value)) append_field(out, field.name, field.value);
  }
  append_field(out, "Date", date);
  if (!request_id.empty()) append_field(out, "X-Request-Id", request_id);
  if (response.status == 101) {
    out += "Connection: Upgrade\r\n\r\n";
    return;
  }
  if (framing.length && may_have_length(response.status)) {
    out += "Content-Length: ";
    append_number(out, *framing.length);
    out += "\r\n";
  }
  bool const says_itself = response.headers.find("Connection").has_value();
  if (!framing.keeps_alive && !says_itself) out += "Connection: close\r\n";
  if (framing.keeps_alive && !framing.is_modern && !says_itself) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

}  // namespace parlance::http
