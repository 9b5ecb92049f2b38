#include "base/raw_json.h"

#include "base/json.h"

namespace parlance {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Walks over JSON that is known to be valid.
class Scanner {
 public:
  explicit Scanner(std::string_view json) : json_(json) {}

  bool take(char expected) {
    skip_space();
    if (position_ >= json_.size() || json_[position_] != expected) return false;
    ++position_;
    return true;
  }

  /// One whole value with what stands in it.
  std::string_view value() {
    skip_space();
    auto const begin = position_;
    auto depth = 0;
    while (position_ < json_.size()) {
      auto const c = json_[position_];
      if (c == '"') {
        skip_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++position_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;  // The enclosing object's: a bare number or word ends here.
        --depth;
        ++position_;
      } else if (depth == 0 && (c == ',' || c == ':' || kSpace.contains(c))) {
        break;
      } else {
        ++position_;
        continue;
      }
      if (depth == 0) break;
    }
    return json_.substr(begin, position_ - begin);
  }

 private:
  void skip_space() {
    while (position_ < json_.size() && kSpace.contains(json_[position_])) ++position_;
  }

  void skip_string() {
    ++position_;
    while (position_ < json_.size() && json_[position_] != '"') position_ += json_[position_] == '\\' ? 2 : 1;
    ++position_;
  }

  std::string_view json_;
  std::size_t position_ = 0;
};

bool spells(std::string_view quoted, std::string_view name) {
  if (!quoted.contains('\\')) return quoted.size() == name.size() + 2 && quoted.substr(1, name.size()) == name;
  auto const parsed = parse_json(quoted);
  return parsed && parsed->is_string() && std::string_view(parsed->get_string()) == name;
}

}  // namespace

std::optional<std::string_view> raw_member(std::string_view json, std::string_view name) {
  std::optional<std::string_view> found;
  Scanner scanner(json);
  if (!scanner.take('{')) return found;
  while (true) {
    auto const key = scanner.value();
    if (key.size() < 2 || !scanner.take(':')) return found;
    auto const value = scanner.value();
    if (spells(key, name)) found = value;
    if (!scanner.take(',')) return found;
  }
}

std::vector<std::string_view> raw_items(std::string_view json) {
  std::vector<std::string_view> items;
  Scanner scanner(json);
  if (!scanner.take('[')) return items;
  do {
    auto const item = scanner.value();
    if (!item.empty()) items.push_back(item);
  } while (scanner.take(','));
  return items;
}

}  // namespace parlance
