#include "http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.h"

namespace parlance::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;
using ErrorCode = beast::error_code;

/// A chunk header or a trailer that grows past this is no honest one.
constexpr std::size_t kMaxChunkHead = 16 << 10;
/// What an announced length may reserve before its bytes have come.
constexpr std::size_t kMaxReserve = 64 << 10;

Rejection refuse(int status, std::string message, Errc code = Errc::invalid_argument) {
  return {status, Error{code, std::move(message), {}, 0}, {}};
}

/// Beast's grammar, our request.
class Parser final : public RequestParser, private beast::http::basic_parser<true> {
  using Base = beast::http::basic_parser<true>;

 public:
  Parser(ParserLimits limits, Request& request) : limits_(limits), request_(request) {
    header_limit(static_cast<std::uint32_t>(limits.request_line + limits.header_block));
    body_limit(boost::none);
  }

  Step feed(std::string_view& input) override {
    if (rejection_) return Step::failed;
    if (!is_header_done()) return feed_head(input);
    if (is_done()) return Step::done;
    while (input.size() >= least_useful()) {
      ErrorCode error;
      auto const used = put(boost::asio::const_buffer(input.data(), input.size()), error);
      input.remove_prefix(used);
      if (is_done()) return Step::done;
      if (error == BeastError::need_more) return input.size() > kMaxChunkHead ? failed(broken_body()) : Step::need_more;
      if (error) return failed(rejection_ ? std::move(*rejection_) : broken_body());
    }
    return Step::need_more;
  }

  void set_body_target(std::string* target, std::size_t limit) override {
    target_ = target;
    limit_ = limit;
    if (target == nullptr) return;
    if (auto const length = content_length()) target->reserve(std::min<std::uint64_t>(*length, kMaxReserve));
  }

  AnnouncedBody announced_body() const override {
    AnnouncedBody body;
    body.is_chunked = chunked();
    if (auto const length = content_length()) body.length = *length;
    return body;
  }

  bool keeps_alive() const override { return keep_alive(); }
  bool is_modern() const override { return is_modern_; }
  Rejection const& rejection() const override { return *rejection_; }

 private:
  Step failed(Rejection why) {
    rejection_ = std::move(why);
    return Step::failed;
  }

  /// From any place inside a chunked body at least "0 CRLF CRLF" follows, and Beast counts on seeing that much.
  std::size_t least_useful() const { return chunked() ? 5 : 1; }

  static Rejection broken_body() { return refuse(400, "the body's transfer coding is malformed"); }

  Step feed_head(std::string_view& input) {
    // An empty line before the request line is allowed, and no part of it.
    while (input.starts_with("\r\n") && is_untouched_) input.remove_prefix(2);
    if (input.empty() || (is_untouched_ && input == "\r")) return Step::need_more;
    is_untouched_ = false;
    if (line_size_ == 0) {
      auto const end = input.substr(0, limits_.request_line + 2).find("\r\n");
      if (end == std::string_view::npos) {
        if (input.size() < limits_.request_line + 2) return looks_like_http(input);
        return failed(refuse(414, "the request line is too long"));
      }
      if (looks_like_http(input) == Step::failed) return Step::failed;
      line_size_ = end + 2;
    }
    ErrorCode error;
    auto const used = put(boost::asio::const_buffer(input.data(), input.size()), error);
    input.remove_prefix(used);
    head_size_ += used;
    bool const is_partial = error == BeastError::need_more;
    if (head_size_ + (is_partial ? input.size() : 0) > line_size_ + limits_.header_block) {
      return failed(refuse(431, "the header block is too long"));
    }
    if (is_partial) return Step::need_more;
    if (error) return failed(head_error(error));
    eager(true);
    if (auto why = check_fields()) return failed(std::move(*why));
    return Step::head;
  }

  /// Answers strangers (a TLS hello, say) at once instead of after a timeout.
  Step looks_like_http(std::string_view input) {
    auto const method = input.substr(0, std::min<std::size_t>(input.find(' '), 32));
    bool const is_token = std::ranges::all_of(method, [](char c) { return c > 0x20 && c < 0x7f; });
    return is_token && method.size() < 32 ? Step::need_more : failed(refuse(400, "this is not HTTP"));
  }

  static Rejection head_error(ErrorCode error) {
    if (error == BeastError::header_limit) return refuse(431, "the header block is too long");
    if (error == BeastError::bad_version) return refuse(505, "this server speaks HTTP/1.1");
    return refuse(400, "the request's head is malformed: " + error.message());
  }

  /// What the grammar lets pass and RFC 9112 does not, above all whatever could hide a request from a proxy.
  std::optional<Rejection> check_fields() const {
    auto const hosts = request_.headers.all("Host");
    if (hosts.size() > 1 || (is_modern_ && hosts.empty())) return refuse(400, "there must be one Host");
    auto const lengths = request_.headers.all("Content-Length");
    auto const codings = request_.headers.all("Transfer-Encoding");
    if (lengths.size() > 1) return refuse(400, "there are two Content-Lengths");
    bool const is_number =
        lengths.empty() || std::ranges::all_of(lengths.front(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return refuse(400, "Content-Length must be a number");
    if (codings.empty()) return std::nullopt;
    if (!lengths.empty()) return refuse(400, "Content-Length and Transfer-Encoding exclude each other");
    if (!is_modern_) return refuse(400, "Transfer-Encoding needs HTTP/1.1");
    bool const is_plain = codings.size() == 1 && equals_ignoring_case(trim(codings.front()), "chunked");
    if (!is_plain) return refuse(501, "the only transfer coding taken is chunked");
    return std::nullopt;
  }

  void take_target(std::string_view target) {
    request_.target = target;
    if (!target.starts_with('/')) {  // The absolute form; "*" stays as it is.
      auto const scheme = target.find("://");
      if (scheme != std::string_view::npos) {
        auto const slash = target.find_first_of("/?", scheme + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
      }
    }
    auto const question = target.find('?');
    request_.path = target.substr(0, question);
    if (question != std::string_view::npos) request_.query_string = target.substr(question + 1);
  }

  std::size_t take_body(std::string_view body, ErrorCode& error) {
    received_ += body.size();
    if (received_ > limit_) {
      rejection_ = payload_too_large(limit_);
      error = BeastError::body_limit;
      return 0;
    }
    if (target_ != nullptr) target_->append(body);
    return body.size();
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       ErrorCode&) override {
    request_.method = method_of(method);
    is_modern_ = version >= 11;
    take_target(target);
  }
  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, ErrorCode&) override {
    if (!is_header_done()) request_.headers.add(name, value);
  }
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, ErrorCode&) override {}
  std::size_t on_body_impl(beast::string_view body, ErrorCode& error) override { return take_body(body, error); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, ErrorCode& error) override {
    return take_body(body, error);
  }
  void on_finish_impl(ErrorCode&) override {}

  ParserLimits limits_;
  Request& request_;
  std::string* target_ = nullptr;
  std::size_t limit_ = 0;
  std::uint64_t received_ = 0;
  std::size_t line_size_ = 0;  // with its CRLF; 0 until it is whole
  std::size_t head_size_ = 0;  // what of the head is consumed
  bool is_untouched_ = true;
  bool is_modern_ = true;
  std::optional<Rejection> rejection_;
};

}  // namespace

std::unique_ptr<RequestParser> RequestParser::create(ParserLimits limits, Request& request) {
  return std::make_unique<Parser>(limits, request);
}

}  // namespace parlance::http
