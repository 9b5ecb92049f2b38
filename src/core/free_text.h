#pragma once

#include <string>
#include <string_view>

namespace parlance::core {

/// A search for texts that contain another one, in whatever case and also inside of words. What a database finds by
/// `pattern()` is a superset where is_exact() is false: then matches() decides. Any thread.
class FreeText {
 public:
  explicit FreeText(std::string_view wanted);

  /// For lower(column) LIKE pattern ESCAPE '!'. Databases agree on the case of ASCII alone, so of any other character
  /// it says only that there is one.
  std::string const& pattern() const { return pattern_; }
  bool is_exact() const { return is_exact_; }

  bool matches(std::string_view text) const;

 private:
  std::string folded_;
  std::string pattern_ = "%";
  bool is_exact_ = true;
};

/// Latin, Greek and Cyrillic letters in lower case; everything else stays. `text` is well-formed UTF-8.
std::string fold_case(std::string_view text);

}  // namespace parlance::core
