#include "http/header_value.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace parlance::http {
namespace {

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool is_control(char c) {
  auto const byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

// Reads pieces from the front of a header's text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  void skip_spaces() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }

  bool skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view token(std::string_view also_allowed = {}) {
    auto const* const end =
        std::ranges::find_if_not(rest_, [&](char c) { return is_token_character(c) || also_allowed.contains(c); });
    auto const out = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }

  // After the opening quote. Empty where the closing one is missing.
  std::optional<std::string> quoted() {
    std::string out;
    while (!rest_.empty()) {
      auto c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (c == '\\' && !rest_.empty() && (rest_.front() == '"' || rest_.front() == '\\')) {
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      out.push_back(c);
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::optional<std::pair<std::string, std::string>> read_parameter(Reader& reader) {
  auto name = to_lower_ascii(reader.token());
  if (name.empty() || !reader.skip('=')) return std::nullopt;
  if (reader.skip('"')) {
    auto content = reader.quoted();
    if (!content) return std::nullopt;
    return std::pair(std::move(name), std::move(*content));
  }
  auto const content = reader.token();
  if (content.empty()) return std::nullopt;
  return std::pair(std::move(name), std::string(content));
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

std::optional<std::string> HeaderValue::parameter(std::string_view name) const {
  auto const found = std::ranges::find(parameters, name, [](auto const& pair) -> auto const& { return pair.first; });
  if (found == parameters.end()) return std::nullopt;
  return found->second;
}

std::optional<HeaderValue> parse_header_value(std::string_view text) {
  if (std::ranges::any_of(text, is_control)) return std::nullopt;
  Reader reader(trim(text));
  HeaderValue out{to_lower_ascii(reader.token("/")), {}};
  if (out.value.empty()) return std::nullopt;
  for (reader.skip_spaces(); !reader.at_end(); reader.skip_spaces()) {
    if (!reader.skip(';')) return std::nullopt;
    reader.skip_spaces();
    if (reader.at_end()) break;
    auto parameter = read_parameter(reader);
    if (!parameter || out.parameter(parameter->first)) return std::nullopt;
    out.parameters.push_back(std::move(*parameter));
  }
  return out;
}

std::optional<std::string> decode_extended_parameter(std::string_view text) {
  auto const charset_end = text.find('\'');
  if (charset_end == std::string_view::npos || !equals_ignoring_case(text.substr(0, charset_end), "utf-8")) {
    return std::nullopt;
  }
  auto const language_end = text.find('\'', charset_end + 1);
  if (language_end == std::string_view::npos) return std::nullopt;
  std::string out;
  for (auto rest = text.substr(language_end + 1); !rest.empty();) {
    if (rest.front() != '%') {
      out.push_back(rest.front());
      rest.remove_prefix(1);
      continue;
    }
    auto const byte = parse_hex(to_lower_ascii(rest.substr(1, 2)));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += *byte;
    rest.remove_prefix(3);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace parlance::http
