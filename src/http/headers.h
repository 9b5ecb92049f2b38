#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::http {

/// The header fields of a request or a reply, in their order. Names compare without case. Two allocations however many
/// fields there are. Views stay valid until the next add, set or remove. Not shared between threads.
class HeaderList {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  /// Appends a field, beside any of the same name.
  void add(std::string_view name, std::string_view value);
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  /// The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  /// Every value of that name, in order.
  std::vector<std::string_view> all(std::string_view name) const;
  /// True where a comma-separated value of that name holds `token`, without case ("Connection: keep-alive, Upgrade").
  bool has_token(std::string_view name, std::string_view token) const;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Field at(std::size_t index) const;

 private:
  struct Entry {
    std::uint32_t begin;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };

  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace parlance::http
