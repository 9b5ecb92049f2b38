#include "base/glob.h"

#include <cstddef>

namespace parlance {

bool matches_glob(std::string_view text, std::string_view pattern) {
  auto const none = std::string_view::npos;
  std::size_t at = 0;
  std::size_t wanted = 0;
  // Only the last star may have to take more: what an earlier one could take as well is within its reach.
  auto star = none;
  std::size_t taken_until = 0;
  while (at < text.size()) {
    if (wanted < pattern.size() && pattern[wanted] == '*') {
      star = wanted++;
      taken_until = at;
    } else if (wanted < pattern.size() && pattern[wanted] == text[at]) {
      ++wanted;
      ++at;
    } else if (star != none) {
      wanted = star + 1;
      at = ++taken_until;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', wanted) == none;
}

}  // namespace parlance
