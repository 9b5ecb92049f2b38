#include "files/aws_signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/crypto.h"

namespace parlance::files {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string encode(std::string_view text, bool keeps_slash) {
  std::string result;
  for (char const c : text) {
    bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~").contains(c) || (keeps_slash && c == '/');
    if (is_plain) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

/// "20130524T000000Z"; its first eight characters are the date.
std::string stamp_of(Timestamp time) {
  std::time_t const seconds = time / kSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string scope_of(std::string_view stamp, AwsKey const& key) {
  return fmt::format("{}/{}/s3/aws4_request", stamp.substr(0, 8), key.region);
}

/// The signed headers with the host, sorted, and their names.
struct SignedHeaders {
  std::string text;   ///< "host:example.com\n…"
  std::string names;  ///< "host;range"
};

SignedHeaders signed_headers(AwsRequest const& request, AwsFields headers) {
  headers.emplace_back("host", request.host);
  std::ranges::sort(headers);
  SignedHeaders result;
  for (auto const& [name, value] : headers) {
    result.text += fmt::format("{}:{}\n", name, value);
    result.names += (result.names.empty() ? "" : ";") + name;
  }
  return result;
}

std::string signature(AwsKey const& key, std::string_view stamp, std::string_view canonical_request) {
  auto const text =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, stamp, scope_of(stamp, key), to_hex(sha256(canonical_request)));
  auto signing_key = hmac_sha256("AWS4" + key.secret_key, stamp.substr(0, 8));
  for (auto const& part : {key.region, std::string("s3"), std::string("aws4_request")}) {
    signing_key = hmac_sha256(signing_key, part);
  }
  return to_hex(hmac_sha256(signing_key, text));
}

std::string canonical_request(AwsRequest const& request, std::string_view query, SignedHeaders const& headers,
                              std::string_view payload_hash) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, encode_path(request.path), query, headers.text,
                     headers.names, payload_hash);
}

}  // namespace

std::string encode_query_part(std::string_view text) { return encode(text, false); }

std::string encode_path(std::string_view path) { return encode(path, true); }

std::string canonical_query(AwsFields query) {
  for (auto& [name, value] : query) {
    name = encode_query_part(name);
    value = encode_query_part(value);
  }
  std::ranges::sort(query);
  std::string text;
  for (auto const& [name, value] : query) text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  return text;
}

AwsFields sign_headers(AwsRequest const& request, AwsKey const& key, std::string_view payload_hash, Timestamp now) {
  auto const stamp = stamp_of(now);
  AwsFields added = {{"x-amz-date", stamp}, {"x-amz-content-sha256", std::string(payload_hash)}};
  auto all = request.headers;
  all.insert(all.end(), added.begin(), added.end());
  auto const headers = signed_headers(request, std::move(all));
  auto const text = canonical_request(request, canonical_query(request.query), headers, payload_hash);
  added.emplace_back("Authorization",
                     fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm, key.access_key,
                                 scope_of(stamp, key), headers.names, signature(key, stamp, text)));
  return added;
}

std::string sign_url(AwsRequest const& request, AwsKey const& key, Timestamp lifetime, Timestamp now) {
  auto const stamp = stamp_of(now);
  auto const headers = signed_headers(request, request.headers);
  auto query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", key.access_key + "/" + scope_of(stamp, key));
  query.emplace_back("X-Amz-Date", stamp);
  query.emplace_back("X-Amz-Expires", std::to_string(lifetime / kSecond));
  query.emplace_back("X-Amz-SignedHeaders", headers.names);
  auto const canonical = canonical_query(std::move(query));
  auto const text = canonical_request(request, canonical, headers, kUnsignedPayload);
  return fmt::format("{}?{}&X-Amz-Signature={}", encode_path(request.path), canonical, signature(key, stamp, text));
}

}  // namespace parlance::files
