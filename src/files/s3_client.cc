#include "files/s3_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "base/log.h"
#include "base/text.h"

namespace parlance::files {

namespace {

constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::size_t kMaxReplyBytes = std::size_t{4} << 20;  // of a listing or an error

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// The text between the first <name> and </name>.
std::string_view element(std::string_view xml, std::string_view name) {
  auto const open = fmt::format("<{}>", name);
  auto const begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  auto const rest = xml.substr(begin + open.size());
  auto const end = rest.find(fmt::format("</{}>", name));
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

std::unexpected<Error> refused(std::string_view what, long status, std::string_view body) {
  log::warn("S3: {}: HTTP {} {}", what, status, element(body, "Code"));
  return fail(Errc::unavailable, "the file store does not answer as it should");
}

/// "http://host:port" taken apart; empty where it is more or less than that.
std::optional<std::string> host_of(std::string_view endpoint) {
  for (std::string_view const scheme : {"https://", "http://"}) {
    if (!endpoint.starts_with(scheme)) continue;
    auto const host = endpoint.substr(scheme.size());
    if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) return std::nullopt;
    return std::string(host);
  }
  return std::nullopt;
}

}  // namespace

/// One request.
struct S3Client::Call {
  AwsRequest request;
  std::string_view payload_hash = kEmptyHash;
  int upload = -1;  ///< a descriptor to send from
  std::int64_t upload_size = 0;
  std::function<Result<void>(std::string_view)> sink;  ///< gets the body of a 200; empty keeps it in the reply
};

struct S3Client::Reply {
  long status = 0;
  std::string body;
  std::int64_t content_length = 0;
  Timestamp modified_at = 0;
};

namespace {

/// What the callbacks of one transfer share.
struct Progress {
  CURL* handle = nullptr;
  int upload = -1;
  off_t sent = 0;
  std::function<Result<void>(std::string_view)> const* sink = nullptr;
  std::string body;
  std::optional<Error> error;
};

std::size_t read_upload(char* buffer, std::size_t size, std::size_t count, void* target) {
  auto& progress = *static_cast<Progress*>(target);
  auto const got = pread(progress.upload, buffer, size * count, progress.sent);
  if (got < 0) return CURL_READFUNC_ABORT;
  progress.sent += got;
  return static_cast<std::size_t>(got);
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* target) {
  auto& progress = *static_cast<Progress*>(target);
  std::string_view const piece(data, size * count);
  long status = 0;
  curl_easy_getinfo(progress.handle, CURLINFO_RESPONSE_CODE, &status);
  if (*progress.sink && status == 200) {
    auto taken = (*progress.sink)(piece);
    if (taken) return piece.size();
    progress.error = std::move(taken).error();
    return 0;
  }
  if (progress.body.size() + piece.size() > kMaxReplyBytes) return 0;
  progress.body += piece;
  return piece.size();
}

/// libcurl asks about once a second, whatever it waits for.
int look_up(void* cut_off, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::stop_token const*>(cut_off)->stop_requested() ? 1 : 0;
}

void set_limits(CURL* handle, std::stop_token const& cut_off) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 10L);
  // A transfer may take as long as it moves.
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 30L);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_up);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &cut_off);
}

void set_method(CURL* handle, std::string const& method, std::int64_t upload_size) {
  if (method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  if (method == "PUT") {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(upload_size));
  }
  if (method == "DELETE") curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
}

}  // namespace

Result<S3Client> S3Client::create(S3Options options) {
  if (!host_of(options.endpoint)) {
    return invalid("s3_endpoint", "s3_endpoint must be an origin such as https://s3.eu-central-1.amazonaws.com");
  }
  if (options.bucket.empty()) return invalid("s3_bucket", "s3_bucket is missing");
  if (options.key.access_key.empty()) return invalid("s3_access_key", "s3_access_key is missing");
  if (options.key.secret_key.empty()) return invalid("s3_secret_key", "s3_secret_key is missing");
  static std::once_flag prepared;
  std::call_once(prepared, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return S3Client(std::move(options));
}

AwsRequest S3Client::request(std::string method, std::string const& key) const {
  return {.method = std::move(method), .host = *host_of(options_.endpoint), .path = "/" + options_.bucket + "/" + key};
}

Result<S3Client::Reply> S3Client::send(Call const& call) const {
  std::unique_ptr<CURL, FreeHandle> const handle(curl_easy_init());
  if (!handle) return fail(Errc::unavailable, "no memory for a transfer");
  auto const& request = call.request;
  auto const query = canonical_query(request.query);
  auto const url =
      fmt::format("{}{}{}{}", options_.endpoint, encode_path(request.path), query.empty() ? "" : "?", query);
  auto fields = sign_headers(request, options_.key, call.payload_hash, now());
  fields.insert(fields.end(), request.headers.begin(), request.headers.end());
  fields.emplace_back("Expect", "");
  curl_slist* lines = nullptr;
  for (auto const& [name, value] : fields) lines = curl_slist_append(lines, fmt::format("{}: {}", name, value).c_str());
  std::unique_ptr<curl_slist, FreeList> const owner(lines);
  Progress progress{.handle = handle.get(), .upload = call.upload, .sink = &call.sink};
  set_limits(handle.get(), options_.cut_off);
  set_method(handle.get(), request.method, call.upload_size);
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(handle.get(), CURLOPT_FILETIME, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, read_upload);
  curl_easy_setopt(handle.get(), CURLOPT_READDATA, &progress);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &progress);
  auto const outcome = curl_easy_perform(handle.get());
  if (progress.error) return std::unexpected(*std::move(progress.error));
  if (outcome != CURLE_OK) {
    log::warn("S3: {} {}: {}", request.method, options_.endpoint, curl_easy_strerror(outcome));
    return fail(Errc::unavailable, "the file store cannot be reached");
  }
  Reply reply{.body = std::move(progress.body)};
  curl_off_t number = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  if (curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &number) == CURLE_OK)
    reply.content_length = number;
  if (curl_easy_getinfo(handle.get(), CURLINFO_FILETIME_T, &number) == CURLE_OK && number > 0)
    reply.modified_at = number * kSecond;
  return reply;
}

Result<void> S3Client::put(std::string const& key, int descriptor, std::int64_t size, std::string_view sha256) const {
  auto const reply =
      TRY(send({.request = request("PUT", key), .payload_hash = sha256, .upload = descriptor, .upload_size = size}));
  if (reply.status != 200) return refused("PUT", reply.status, reply.body);
  return {};
}

Result<void> S3Client::get(std::string const& key, std::function<Result<void>(std::string_view)> const& sink) const {
  auto const reply = TRY(send({.request = request("GET", key), .sink = sink}));
  if (reply.status == 404) return fail(Errc::not_found, "no such blob");
  if (reply.status != 200) return refused("GET", reply.status, reply.body);
  return {};
}

Result<std::optional<S3Object>> S3Client::head(std::string const& key) const {
  auto const reply = TRY(send({.request = request("HEAD", key)}));
  if (reply.status == 404) return std::nullopt;
  if (reply.status != 200) return refused("HEAD", reply.status, reply.body);
  return S3Object{key, reply.content_length, reply.modified_at};
}

Result<void> S3Client::remove(std::string const& key) const {
  auto const reply = TRY(send({.request = request("DELETE", key)}));
  if (reply.status / 100 != 2 && reply.status != 404) return refused("DELETE", reply.status, reply.body);
  return {};
}

Result<S3Page> S3Client::list(std::string const& prefix, std::string const& from) const {
  auto listing = request("GET", "");
  listing.path = "/" + options_.bucket;
  listing.query = {{"list-type", "2"}, {"prefix", prefix}};
  if (!from.empty()) listing.query.emplace_back("continuation-token", from);
  auto const reply = TRY(send({.request = std::move(listing)}));
  if (reply.status != 200) return refused("LIST", reply.status, reply.body);
  S3Page page;
  std::string_view rest = reply.body;
  for (auto at = rest.find("<Contents>"); at != std::string_view::npos; at = rest.find("<Contents>")) {
    auto const entry = element(rest.substr(at), "Contents");
    auto const modified = parse_rfc3339(element(entry, "LastModified"));
    page.objects.push_back({std::string(element(entry, "Key")), parse_integer(element(entry, "Size")).value_or(0),
                            modified ? *modified : 0});
    rest.remove_prefix(at + std::string_view("<Contents>").size());
  }
  page.next = element(reply.body, "NextContinuationToken");
  return page;
}

std::string S3Client::presign(std::string method, std::string const& key, AwsFields query, AwsFields headers,
                              Timestamp lifetime) const {
  auto signed_request = request(std::move(method), key);
  signed_request.query = std::move(query);
  signed_request.headers = std::move(headers);
  return options_.endpoint + sign_url(signed_request, options_.key, lifetime, now());
}

}  // namespace parlance::files
