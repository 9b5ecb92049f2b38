#include "http/request.h"

#include <fmt/format.h>

#include "base/text.h"

namespace parlance::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Calls `visit(raw name, raw value)` for each pair until it returns false.
template <typename Visit>
void for_each_pair(std::string_view query, Visit&& visit) {
  while (!query.empty()) {
    auto const end = std::min(query.find('&'), query.size());
    auto const pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    auto const equals = std::min(pair.find('='), pair.size());
    if (!visit(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())))) return;
  }
}

/// Broken escapes stay as they came: a query is no place to fail.
std::string decode_query(std::string_view text) {
  auto decoded = percent_decode(text, true);
  return decoded ? std::move(*decoded) : std::string(is_utf8(text) ? text : std::string_view());
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: return "OTHER";
  }
  return "OTHER";
}

Method method_of(std::string_view name) {
  for (auto const method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del, Method::options}) {
    if (name_of(method) == name) return method;
  }
  return Method::other;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int const high = hex_digit(text[i + 1]);
      int const low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::string_view Request::path_parameter(std::string_view name) const {
  for (auto const& [key, value] : path_parameters) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Request::query(std::string_view name) const {
  std::optional<std::string> found;
  for_each_pair(query_string, [&](std::string_view key, std::string_view value) {
    if (key != name && decode_query(key) != name) return true;
    found = decode_query(value);
    return false;
  });
  return found;
}

bool Request::has_query(std::string_view name) const { return query(name).has_value(); }

std::vector<std::pair<std::string, std::string>> Request::query_parameters() const {
  std::vector<std::pair<std::string, std::string>> pairs;
  for_each_pair(query_string, [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(decode_query(key), decode_query(value));
    return true;
  });
  return pairs;
}

std::vector<std::string> Request::query_all(std::string_view name) const {
  std::vector<std::string> values;
  for (auto& [key, value] : query_parameters()) {
    if (key == name) values.push_back(std::move(value));
  }
  return values;
}

Result<std::int64_t> Request::query_integer(std::string_view name, std::int64_t fallback, std::int64_t least,
                                            std::int64_t most) const {
  auto const text = query(name);
  if (!text) return fallback;
  auto const number = parse_integer(*text);
  if (!number || *number < least || *number > most) {
    return invalid(std::string(name), most == INT64_MAX
                                          ? fmt::format("{} must be an integer of at least {}", name, least)
                                          : fmt::format("{} must be an integer from {} to {}", name, least, most));
  }
  return *number;
}

Result<bool> Request::query_flag(std::string_view name, bool fallback) const {
  auto const text = query(name);
  if (!text) return fallback;
  if (*text == "true" || *text == "1") return true;
  if (*text == "false" || *text == "0") return false;
  return invalid(std::string(name), fmt::format("{} must be true or false", name));
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (auto list : headers.all("Cookie")) {
    while (!list.empty()) {
      auto const end = std::min(list.find(';'), list.size());
      auto const pair = trim(list.substr(0, end));
      list.remove_prefix(std::min(end + 1, list.size()));
      auto const equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

std::string Request::content_type() const {
  auto const value = headers.find("Content-Type");
  if (!value) return {};
  return to_lower_ascii(trim(value->substr(0, value->find(';'))));
}

bool Request::is_websocket_upgrade() const {
  return headers.has_token("Connection", "upgrade") && headers.has_token("Upgrade", "websocket");
}

std::vector<std::string_view> Request::websocket_protocols() const {
  std::vector<std::string_view> names;
  for (auto list : headers.all("Sec-WebSocket-Protocol")) {
    while (!list.empty()) {
      auto const end = std::min(list.find(','), list.size());
      if (auto const name = trim(list.substr(0, end)); !name.empty()) names.push_back(name);
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  return names;
}

}  // namespace parlance::http
