#include "unfurl/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "outbound/url.h"

namespace parlance::unfurl {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool ends_link(char c) {
  auto const byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f || std::string_view("<>\"`|\\^{}").contains(c);
}

/// How long the scheme at the start of `text` is; 0 where there is none.
std::size_t scheme_length(std::string_view text) {
  for (std::string_view const scheme : {"https://", "http://"}) {
    if (equals_ignoring_case(text.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

/// A closing bracket belongs to the link where it closes one of the link's own.
bool is_unbalanced(std::string_view link) {
  char const close = link.back();
  char const open = close == ')' ? '(' : '[';
  if (close != ')' && close != ']') return false;
  return std::ranges::count(link, close) > std::ranges::count(link, open);
}

std::string_view without_closing(std::string_view link) {
  while (!link.empty() && (std::string_view(".,;:!?'*_~").contains(link.back()) || is_unbalanced(link))) {
    link.remove_suffix(1);
  }
  return link;
}

std::string in_ascii(std::string_view text) {
  std::string result;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned>(byte));
    }
  }
  return result;
}

}  // namespace

std::vector<Link> find_links(std::string_view text, std::size_t limit) {
  std::vector<Link> links;
  for (std::size_t at = 0; at < text.size() && links.size() < limit;) {
    bool const may_begin = (text[at] == 'h' || text[at] == 'H') && (at == 0 || !is_letter_or_digit(text[at - 1]));
    auto const scheme = may_begin ? scheme_length(text.substr(at)) : 0;
    if (scheme == 0) {
      ++at;
      continue;
    }
    auto const rest = text.substr(at);
    auto const end = static_cast<std::size_t>(std::ranges::find_if(rest, ends_link) - rest.begin());
    auto const shown = without_closing(rest.substr(0, end));
    at += end;
    Link link{std::string(shown), in_ascii(shown)};
    bool const is_new = std::ranges::find(links, link.url, &Link::url) == links.end();
    if (is_new && outbound::parse_url(link.url)) links.push_back(std::move(link));
  }
  return links;
}

}  // namespace parlance::unfurl
