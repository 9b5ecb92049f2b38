#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parlance {

/// Appends JSON text piece by piece: the form of everything hot. Commas and colons are put by the writer; nesting is
/// the caller's to keep right (asserted in debug builds). Strings must be UTF-8. Not shared between threads.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(char const* text) { return value(std::string_view(text)); }
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(double number);
  JsonWriter& value(bool flag);
  JsonWriter& null();

  /// Copies `json`, which is one whole JSON value already.
  JsonWriter& raw(std::string_view json);

  template <typename T>
  JsonWriter& field(std::string_view name, T const& content) {
    return key(name).value(content);
  }
  JsonWriter& field_raw(std::string_view name, std::string_view json) { return key(name).raw(json); }
  JsonWriter& field_null(std::string_view name) { return key(name).null(); }

  std::string const& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  void separate();

  std::string text_;
  bool needs_comma_ = false;
};

/// Appends `text` with JSON's quotes and escapes.
void append_json_string(std::string& out, std::string_view text);

/// Reads one JSON value (depth at most 32, duplicate keys: the last one wins). invalid_argument on anything else,
/// invalid UTF-8 included; the message tells the position.
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace parlance
