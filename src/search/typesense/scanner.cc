#include "search/typesense/scanner.h"

#include <algorithm>

#include "base/text.h"

namespace parlance::search::typesense {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\v\f";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

}  // namespace

void Scanner::skip_spaces() { at_ = std::min(text_.find_first_not_of(kSpaces, at_), text_.size()); }

bool Scanner::take(std::string_view expected) {
  if (!sees(expected)) return false;
  at_ += expected.size();
  return true;
}

std::string_view Scanner::take_name() {
  auto const begin = at_;
  while (!at_end() && is_name_character(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view Scanner::take_until(std::initializer_list<std::string_view> ends) {
  auto end = text_.size();
  for (auto const stop : ends) end = std::min(end, text_.find(stop, at_));
  auto const found = trim(text_.substr(at_, end - at_));
  at_ = end;
  return found;
}

std::optional<std::string_view> Scanner::take_through(char end) {
  auto const found = text_.find(end, at_);
  if (found == std::string_view::npos) return std::nullopt;
  auto const before = text_.substr(at_, found - at_);
  at_ = found + 1;
  return before;
}

std::unexpected<Error> Scanner::wrong(std::string message, std::size_t place) const {
  auto const position = code_point_count(text_.substr(0, place)) + 1;
  return invalid(std::string(parameter_), std::move(message) + " at position " + std::to_string(position));
}

}  // namespace parlance::search::typesense
