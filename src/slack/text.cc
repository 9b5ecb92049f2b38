#include "slack/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/spelling.h"
#include "base/text.h"

namespace parlance::slack {

namespace {

constexpr std::size_t kMaxMentions = 1000;

bool is_user_id(std::string_view id) {
  return (id.starts_with('U') || id.starts_with('W')) && id.size() > 1 &&
         std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

struct Mention {
  std::size_t begin = 0;
  std::size_t end = 0;  ///< past the '>'
  std::string_view id;
};

std::optional<Mention> next_mention(std::string_view text, std::size_t from) {
  for (auto at = text.find("<@", from); at != std::string_view::npos; at = text.find("<@", at + 2)) {
    auto const end = text.find_first_of("<>", at + 2);
    if (end == std::string_view::npos || text[end] != '>') continue;
    auto const inside = text.substr(at + 2, end - at - 2);
    auto const id = inside.substr(0, inside.find('|'));
    if (is_user_id(id)) return Mention{at, end + 1, id};
  }
  return std::nullopt;
}

/// What a link may not hold.
std::string escaped(std::string_view text) {
  std::string safe;
  for (char const c : text) {
    if (c == '&') safe += "&amp;";
    if (c == '<') safe += "&lt;";
    if (c == '>') safe += "&gt;";
    if (c != '&' && c != '<' && c != '>') safe += c;
  }
  return safe;
}

}  // namespace

std::vector<std::string> mentioned_in(std::string_view text) {
  std::vector<std::string> ids;
  for (auto found = next_mention(text, 0); found && ids.size() < kMaxMentions; found = next_mention(text, found->end)) {
    if (std::ranges::find(ids, found->id) == ids.end()) ids.emplace_back(found->id);
  }
  return ids;
}

std::string respell_mentions(std::string_view text,
                             std::function<std::optional<UserId>(std::string_view)> const& user_of) {
  std::string respelled;
  std::size_t done = 0;
  for (auto found = next_mention(text, 0); found; found = next_mention(text, found->end)) {
    auto const user = user_of(found->id);
    if (!user) continue;
    respelled += text.substr(done, found->begin - done);
    respelled += fmt::format("<@{}>", api::spell_struct(api::StructType::user, user->value));
    done = found->end;
  }
  respelled += text.substr(done);
  return respelled;
}

std::string describe_files(std::vector<File> const& files) {
  std::string text;
  for (auto const& file : files) {
    if (!text.empty()) text += '\n';
    auto const name = escaped(one_line(file.name, 255));
    text += file.url.empty() ? name : fmt::format("<{}|{}>", escaped(one_line(file.url, 4096)), name);
    auto const type = escaped(one_line(file.media_type, 255));
    if (file.size > 0 && !type.empty()) text += fmt::format(" ({}, {} bytes)", type, file.size);
  }
  return text;
}

std::vector<std::string> cut_text(std::string text, std::size_t most) {
  std::vector<std::string> pieces;
  std::string_view rest = text;
  while (rest.size() > most) {
    auto piece = truncate_utf8(rest, most);
    auto const line_end = piece.rfind('\n');
    if (line_end != std::string_view::npos && line_end > most / 2) piece = piece.substr(0, line_end + 1);
    pieces.emplace_back(piece);
    rest.remove_prefix(piece.size());
  }
  pieces.emplace_back(rest);
  return pieces;
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line(text);
  for (auto& c : line) {
    auto const octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) c = ' ';
  }
  return std::string(truncate_utf8(trim(line), most));
}

}  // namespace parlance::slack
