#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parlance::actions {

/// A thing of the tenant's that programs keep: an invoice, a business partner.
struct Object {
  std::string type;  ///< 1..64 letters, digits, '_', '-', '.'
  std::int64_t id = 0;
  boost::json::object fields;
};

/// What a program can reach beyond itself. Called on the program's thread. An error becomes one of the program's, which
/// it can catch, unless it is unavailable or internal: then the run ends and is tried again later.
class Host {
 public:
  virtual ~Host() = default;

  virtual Result<Object> create(std::string_view type, boost::json::object fields) = 0;
  /// Sets the named fields and leaves the others.
  virtual Result<Object> update(std::string_view type, std::int64_t id, boost::json::object fields) = 0;
  virtual Result<void> remove(std::string_view type, std::int64_t id) = 0;
  virtual Result<std::optional<Object>> get(std::string_view type, std::int64_t id) = 0;
  /// Those whose fields equal all of `wanted`, by id.
  virtual Result<std::vector<Object>> query(std::string_view type, boost::json::object const& wanted,
                                            std::size_t limit) = 0;
  virtual Result<void> post(std::string_view text) = 0;

  virtual boost::json::object thread_info() = 0;
  virtual boost::json::object user_info() = 0;
  /// The moment the program was sent: the same in its preview and its write run.
  virtual std::string now() = 0;
  /// True in a write run that somebody has approved.
  virtual bool is_approved() = 0;
};

}  // namespace parlance::actions
