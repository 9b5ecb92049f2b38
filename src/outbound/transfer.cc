#include "outbound/transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>

#include "base/text.h"

namespace parlance::outbound {
namespace {

constexpr std::size_t kMaxHeaderBytes = 65'536;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

enum class Abort { none, body_too_large, header_too_large, other_content_type, address_not_pinned, cut_off };

// What the callbacks of one transfer share.
struct Exchange {
  Hop const& hop;
  Reply reply;
  std::size_t header_bytes = 0;
  Abort abort = Abort::none;
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  auto& body = exchange.reply.body;
  if (count > exchange.hop.max_reply_bytes - body.size()) {
    exchange.abort = Abort::body_too_large;
    return CURL_WRITEFUNC_ERROR;
  }
  body.append(bytes, count);
  return count;
}

bool is_accepted(Exchange const& exchange) {
  auto const& wanted = exchange.hop.accepted_content_type;
  auto const is_success = exchange.reply.status >= 200 && exchange.reply.status < 300;
  return !is_success || equals_ignoring_case(exchange.reply.header("content-type").substr(0, wanted.size()), wanted);
}

void read_header_line(Exchange& exchange, std::string_view line) {
  auto& reply = exchange.reply;
  if (line.starts_with("HTTP/")) {  // again after an interim 1xx reply
    reply.headers.clear();
    reply.status =
        static_cast<int>(parse_integer(line.substr(std::min(line.find(' ') + 1, line.size()), 3)).value_or(0));
  } else if (trim(line).empty()) {
    if (!is_accepted(exchange)) exchange.abort = Abort::other_content_type;
  } else if (auto const colon = line.find(':'); colon != std::string_view::npos) {
    reply.headers.emplace_back(to_lower_ascii(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
  }
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  exchange.header_bytes += count;
  if (exchange.header_bytes > kMaxHeaderBytes) {
    exchange.abort = Abort::header_too_large;
    return CURL_WRITEFUNC_ERROR;
  }
  read_header_line(exchange, std::string_view(bytes, count));
  return exchange.abort == Abort::none ? count : CURL_WRITEFUNC_ERROR;
}

// libcurl asks about once a second, whatever it waits for.
int look_up(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (!exchange.hop.cut_off.stop_requested()) return 0;
  exchange.abort = Abort::cut_off;
  return 1;
}

// The last word before a connection: whatever libcurl resolved or parsed, only pinned addresses get a socket.
curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* target) {
  auto& exchange = *static_cast<Exchange*>(context);
  auto const address = IpAddress::from(&target->addr);
  if (!address || std::ranges::find(exchange.hop.addresses, *address) == exchange.hop.addresses.end()) {
    exchange.abort = Abort::address_not_pinned;
    return CURL_SOCKET_BAD;
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

// "host:port:address,address". A host that is an address itself is never looked up, so needs none.
List pin_list(Hop const& hop) {
  curl_slist* list = nullptr;
  if (!IpAddress::parse(hop.url.host)) {
    std::string addresses;
    for (auto const& address : hop.addresses) {
      auto const is_v6 = address.family == IpAddress::Family::v6;
      if (!addresses.empty()) addresses += ',';
      addresses += is_v6 ? fmt::format("[{}]", address.to_string()) : address.to_string();
    }
    auto const entry = fmt::format("{}:{}:{}", hop.url.host, hop.url.port, addresses);
    list = curl_slist_append(list, entry.c_str());
  }
  return {list, &curl_slist_free_all};
}

List header_list(HeaderList const& headers) {
  curl_slist* list = nullptr;
  for (auto const& [name, value] : headers) {
    // "Name;" is libcurl's spelling of a header with an empty value.
    auto const line = value.empty() ? name + ";" : fmt::format("{}: {}", name, value);
    list = curl_slist_append(list, line.c_str());
  }
  // Without a value: what libcurl would add on its own.
  list = curl_slist_append(list, "Expect:");
  auto const is_content_type = [](auto const& header) { return equals_ignoring_case(header.first, "content-type"); };
  if (std::ranges::none_of(headers, is_content_type)) list = curl_slist_append(list, "Content-Type:");
  return {list, &curl_slist_free_all};
}

void set_request(CURL* curl, Hop const& hop) {
  if (hop.body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hop.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, hop.body->c_str());
  }
  if (hop.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, hop.method.c_str());
  }
}

void set_guards(CURL* curl, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
}

Error abort_error(Abort abort) {
  switch (abort) {
    case Abort::body_too_large: return {Errc::payload_too_large, "reply too large"};
    case Abort::header_too_large: return {Errc::payload_too_large, "reply header too large"};
    case Abort::other_content_type: return {Errc::unsupported_media, "reply of another content type"};
    case Abort::address_not_pinned: return {Errc::forbidden, "address not allowed: not resolved before"};
    case Abort::cut_off: return {Errc::unavailable, "cut off"};
    case Abort::none: break;
  }
  return {Errc::internal, "transfer aborted"};
}

std::string connection_failure(CURL* curl) {
  long system_error = 0;
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_error);
  switch (system_error) {
    case ECONNREFUSED: return "connection refused";
    case ENETUNREACH:
    case EHOSTUNREACH: return "host unreachable";
    case ETIMEDOUT: return "connection timeout";
    default: return "connection failed";
  }
}

std::string failure_message(CURL* curl, CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT: return connection_failure(curl);
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t ready = 0;
      curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &ready);
      return ready == 0 ? "connection timeout" : "reply timeout";
    }
    case CURLE_COULDNT_RESOLVE_HOST: return "host not found";
    case CURLE_PEER_FAILED_VERIFICATION: return "TLS certificate not valid";
    case CURLE_SSL_CONNECT_ERROR: return "TLS handshake failed";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE: return "connection closed early";
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return "reply is not HTTP";
    default: return fmt::format("call failed: {}", curl_easy_strerror(code));
  }
}

}  // namespace

Result<Reply> transfer(Hop const& hop) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Handle const handle(curl_easy_init(), &curl_easy_cleanup);
  auto* const curl = handle.get();
  if (curl == nullptr) return fail(Errc::unavailable, "out of memory");

  Exchange exchange{hop, {}};
  auto const headers = header_list(hop.headers);
  auto const pins = pin_list(hop);
  auto const url = hop.url.to_string();
  set_guards(curl, exchange);
  set_request(curl, hop);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_RESOLVE, pins.get());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(hop.timeout.count(), 1)));
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(hop.max_reply_bytes));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);

  auto const code = curl_easy_perform(curl);
  if (exchange.abort != Abort::none) return std::unexpected(abort_error(exchange.abort));
  if (code == CURLE_FILESIZE_EXCEEDED) return std::unexpected(abort_error(Abort::body_too_large));
  if (code != CURLE_OK) return fail(Errc::unavailable, failure_message(curl, code));
  exchange.reply.url = url;
  return std::move(exchange.reply);
}

}  // namespace parlance::outbound
