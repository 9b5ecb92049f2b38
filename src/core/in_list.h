#pragma once

#include <string>
#include <vector>

#include "storage/param.h"

namespace parlance::core {

/// Values for `column IN (…)`. The list is padded with its last value to one of a few lengths, so that the number of
/// distinct statements stays small. `first` is the number of the first parameter it may use.
class InList {
 public:
  template <typename Ids>
  InList(int first, Ids const& ids) {
    std::size_t size = 1;
    while (size < ids.size()) size *= 4;
    text_ = "(";
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) text_ += ',';
      text_ += '$';
      text_ += std::to_string(first + static_cast<int>(i));
      values_.emplace_back(ids.empty() ? storage::Param(0) : storage::Param(ids[i < ids.size() ? i : ids.size() - 1]));
    }
    text_ += ')';
  }

  std::string const& text() const { return text_; }

  /// `before` and then the list's values.
  std::vector<storage::Param> params(std::vector<storage::Param> before) const {
    before.insert(before.end(), values_.begin(), values_.end());
    return before;
  }

 private:
  std::string text_;
  std::vector<storage::Param> values_;
};

}  // namespace parlance::core
