#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parlance::search::typesense {

/// Goes through a parameter's text and knows where it is. `text` is UTF-8 and must outlive the scanner.
class Scanner {
 public:
  Scanner(std::string_view parameter, std::string_view text) : parameter_(parameter), text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t place() const { return at_; }

  void skip_spaces();

  /// Whether `expected` comes next; takes it where it does.
  bool take(std::string_view expected);
  bool sees(std::string_view expected) const { return text_.substr(at_).starts_with(expected); }

  /// Letters, digits, _ . and -; empty where there is none.
  std::string_view take_name();

  /// What comes before the next of `ends`, without the spaces around it; takes it and the spaces.
  std::string_view take_until(std::initializer_list<std::string_view> ends);

  /// What comes before the next `end`, and takes `end` as well; empty where there is none.
  std::optional<std::string_view> take_through(char end);

  /// invalid_argument on the parameter: "<message> at position <place, in characters from 1>".
  std::unexpected<Error> wrong(std::string message, std::size_t place) const;
  std::unexpected<Error> expected(std::string_view what) const { return wrong("expected " + std::string(what), at_); }

 private:
  std::string_view parameter_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace parlance::search::typesense
