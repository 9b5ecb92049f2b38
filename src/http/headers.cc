#include "http/headers.h"

#include "base/text.h"

namespace parlance::http {

void HeaderList::add(std::string_view name, std::string_view value) {
  entries_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
  text_ += name;
  text_ += value;
}

void HeaderList::set(std::string_view name, std::string_view value) {
  // The arguments may be views of this list's own text, which add() may move.
  std::string const kept_name(name);
  std::string const kept_value(value);
  remove(kept_name);
  add(kept_name, kept_value);
}

void HeaderList::remove(std::string_view name) {
  std::erase_if(entries_, [&](Entry const& entry) {
    return equals_ignoring_case(std::string_view(text_).substr(entry.begin, entry.name_size), name);
  });
}

HeaderList::Field HeaderList::at(std::size_t index) const {
  auto const& entry = entries_[index];
  std::string_view const text = text_;
  return {text.substr(entry.begin, entry.name_size), text.substr(entry.begin + entry.name_size, entry.value_size)};
}

std::optional<std::string_view> HeaderList::find(std::string_view name) const {
  for (auto const& entry : entries_) {
    if (entry.name_size != name.size()) continue;
    std::string_view const text = text_;
    if (!equals_ignoring_case(text.substr(entry.begin, entry.name_size), name)) continue;
    return text.substr(entry.begin + entry.name_size, entry.value_size);
  }
  return std::nullopt;
}

std::vector<std::string_view> HeaderList::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < size(); ++i) {
    auto const field = at(i);
    if (equals_ignoring_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

bool HeaderList::has_token(std::string_view name, std::string_view token) const {
  for (auto value : all(name)) {
    while (!value.empty()) {
      auto const comma = std::min(value.find(','), value.size());
      if (equals_ignoring_case(trim(value.substr(0, comma)), token)) return true;
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
  }
  return false;
}

}  // namespace parlance::http
