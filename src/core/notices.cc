#include "core/notices.h"

#include <algorithm>
#include <array>

namespace parlance::core {

namespace {

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool calls(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    char const sign = at == 0 ? '\0' : text[at - 1];
    bool const is_marked = sign == '@' || (sign == '!' && at >= 2 && text[at - 2] == '<');
    // "me@everyone.example" calls nobody.
    bool const is_apart = at < 2 || !is_word_character(text[at - 2]);
    auto const end = at + name.size();
    bool const is_whole = end == text.size() || !is_word_character(text[end]);
    if (is_marked && is_apart && is_whole) return true;
  }
  return false;
}

}  // namespace

bool wants_notice(model::Member const& member, Concern concern, Timestamp now) {
  if (member.mute_until > now) return false;
  switch (member.notify_level) {
    case model::NotifyLevel::all: return true;
    case model::NotifyLevel::mentions: return concern != Concern::none;
    case model::NotifyLevel::everyone: return concern == Concern::everyone;
    case model::NotifyLevel::none: return false;
  }
  return true;
}

bool calls_everyone(std::string_view text) {
  static constexpr std::array<std::string_view, 3> kNames = {"everyone", "channel", "here"};
  return std::ranges::any_of(kNames, [&](std::string_view name) { return calls(text, name); });
}

}  // namespace parlance::core
