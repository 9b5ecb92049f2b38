#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/result.h"

namespace parlance::jobs {

/// What a job was queued with: a JSON object.
class Payload {
 public:
  /// Error: internal where it is not an object.
  static Result<Payload> parse(std::string_view json);

  /// 0, or empty, where there is no such member.
  std::int64_t integer(std::string_view name) const;
  std::string text(std::string_view name) const;

 private:
  explicit Payload(boost::json::object object) : object_(std::move(object)) {}

  boost::json::object object_;
};

}  // namespace parlance::jobs
