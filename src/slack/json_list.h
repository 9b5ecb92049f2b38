#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace parlance::slack {

/// The members of a JSON list, one after the other, so that only one is in memory as values, and an error tells which
/// it is. `text` must outlive it.
class JsonList {
 public:
  explicit JsonList(std::string_view text) : text_(text) {}

  /// The next member; empty at the end. invalid_argument, naming the member and the byte that it begins at, where the
  /// text is no list of JSON values.
  Result<std::optional<boost::json::value>> next();

  /// Which member came last, from 1.
  std::int64_t number() const { return number_; }

 private:
  void skip_space();
  Result<bool> begin_member();
  std::size_t end_of_member() const;
  std::unexpected<Error> broken(std::string_view what) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t number_ = 0;
  bool is_open_ = false;
};

}  // namespace parlance::slack
