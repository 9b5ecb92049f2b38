#include "slack/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <initializer_list>

#include "base/text.h"

namespace parlance::slack {

namespace {

namespace json = boost::json;

/// Members of an object that come in no promised type: what is absent or of another type is empty.
class Fields {
 public:
  explicit Fields(json::value const& value) : object_(value.if_object()) {}

  bool is_object() const { return object_ != nullptr; }

  json::value const* find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }

  std::string text(std::string_view name) const {
    auto const* const found = find(name);
    auto const* const text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string() : std::string(*text);
  }

  /// The first of them that is not empty.
  std::string text(std::initializer_list<std::string_view> names) const {
    for (auto const name : names) {
      if (auto found = text(name); !found.empty()) return found;
    }
    return {};
  }

  std::int64_t integer(std::string_view name) const {
    auto const* const found = find(name);
    if (found == nullptr) return 0;
    if (auto const* const number = found->if_int64()) return *number;
    // Some exporters write times as texts.
    return found->is_string() ? parse_integer(std::string_view(found->get_string())).value_or(0) : 0;
  }

  bool flag(std::string_view name) const {
    auto const* const found = find(name);
    return found != nullptr && found->is_bool() && found->get_bool();
  }

  Fields object(std::string_view name) const {
    static json::value const kNothing;
    auto const* const found = find(name);
    return Fields(found == nullptr ? kNothing : *found);
  }

  /// Calls `take` with every member of a list.
  template <typename Take>
  void each(std::string_view name, Take take) const {
    auto const* const found = find(name);
    auto const* const list = found == nullptr ? nullptr : found->if_array();
    if (list == nullptr) return;
    for (auto const& member : *list) take(member);
  }

  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> all;
    each(name, [&](json::value const& member) {
      if (member.is_string() && !member.get_string().empty()) all.emplace_back(member.get_string());
    });
    return all;
  }

 private:
  json::object const* object_;
};

Result<void> check_id(std::string_view id, std::string_view field) {
  bool const is_word = !id.empty() && id.size() <= 100 && std::ranges::all_of(id, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
  if (is_word) return {};
  return invalid(std::string(field), fmt::format("{} is no id of Slack's: \"{}\"", field, truncate_utf8(id, 100)));
}

std::string name_in_profile(Fields const& fields) {
  auto const profile = fields.object("profile");
  auto name = profile.text({"real_name", "display_name"});
  if (name.empty()) name = fields.text({"real_name", "name"});
  return name;
}

/// What bots write beside or in place of the text.
std::string text_of_attachments(Fields const& message) {
  std::string text;
  message.each("attachments", [&](json::value const& member) {
    Fields const attachment(member);
    std::string part;
    for (auto const name : {"pretext", "title", "text"}) {
      auto const line = attachment.text(name);
      if (!line.empty()) part += (part.empty() ? "" : "\n") + line;
    }
    if (part.empty()) part = attachment.text("fallback");
    if (!part.empty()) text += (text.empty() ? "" : "\n") + part;
  });
  return text;
}

std::vector<File> files_of(Fields const& message) {
  std::vector<File> files;
  auto const add = [&](json::value const& member) {
    Fields const fields(member);
    if (!fields.is_object() || fields.text("mode") == "tombstone") return;
    File file;
    file.name = fields.text({"name", "title", "id"});
    file.media_type = fields.text("mimetype");
    file.size = fields.integer("size");
    file.url = fields.text({"url_private", "permalink", "url_private_download"});
    if (!file.name.empty() || !file.url.empty()) files.push_back(std::move(file));
  };
  message.each("files", add);
  // Before 2018 there was one.
  auto const* const only = message.find("file");
  if (files.empty() && only != nullptr) add(*only);
  return files;
}

std::vector<Reaction> reactions_of(Fields const& message) {
  std::vector<Reaction> reactions;
  message.each("reactions", [&](json::value const& member) {
    Fields const fields(member);
    Reaction reaction{fields.text("name"), fields.texts("users")};
    if (!reaction.name.empty()) reactions.push_back(std::move(reaction));
  });
  return reactions;
}

/// A user where there is one, else the bot; else Slack itself.
User author_of(Fields const& message) {
  User author;
  author.id = message.text("user");
  auto const inline_profile = message.object("user_profile");
  author.name = inline_profile.text({"real_name", "display_name", "name"});
  if (!author.id.empty()) return author;
  author.id = message.object("comment").text("user");
  if (!author.id.empty()) return author;
  author.id = message.text("bot_id");
  author.name = message.text("username");
  if (author.name.empty()) author.name = message.object("bot_profile").text("name");
  if (author.id.empty()) author.id = "USLACKBOT";
  if (author.name.empty()) author.name = author.id == "USLACKBOT" ? "Slackbot" : author.id;
  return author;
}

Result<void> check_ts(std::string_view ts, std::string_view field) {
  if (parse_ts(ts)) return {};
  return invalid(std::string(field), fmt::format("{} is no time of Slack's: \"{}\"", field, truncate_utf8(ts, 100)));
}

std::string folder_of(Channel const& channel, Fields const& fields) {
  auto const name = fields.text("name");
  return channel.place == Place::dm || name.empty() ? channel.id : name;
}

}  // namespace

std::optional<Timestamp> parse_ts(std::string_view ts) {
  constexpr std::size_t kFractionDigits = 6;
  constexpr Timestamp kLatest = 253'402'300'799;
  auto const point = ts.find('.');
  auto const seconds = parse_integer(ts.substr(0, point));
  if (!seconds || *seconds < 0 || *seconds > kLatest || ts.starts_with('-')) return std::nullopt;
  if (point == std::string_view::npos) return *seconds * kSecond;
  std::string fraction(ts.substr(point + 1));
  if (fraction.empty() || fraction.size() > kFractionDigits || fraction.starts_with('-')) return std::nullopt;
  fraction.resize(kFractionDigits, '0');
  auto const micros = parse_integer(fraction);
  if (!micros) return std::nullopt;
  return *seconds * kSecond + *micros;
}

Result<User> read_user(json::value const& value) {
  Fields const fields(value);
  if (!fields.is_object()) return invalid({}, "a user must be an object");
  User user;
  user.id = fields.text("id");
  TRY(check_id(user.id, "id"));
  user.name = name_in_profile(fields);
  user.email = fields.object("profile").text("email");
  user.is_guest = fields.flag("is_restricted") || fields.flag("is_ultra_restricted");
  return user;
}

Result<Channel> read_channel(json::value const& value, Place place) {
  Fields const fields(value);
  if (!fields.is_object()) return invalid({}, "a channel must be an object");
  Channel channel;
  channel.id = fields.text("id");
  TRY(check_id(channel.id, "id"));
  channel.place = place == Place::channel && fields.flag("is_private") ? Place::private_channel : place;
  channel.folder = folder_of(channel, fields);
  bool const is_named = place == Place::channel || place == Place::private_channel;
  if (is_named) channel.name = fields.text({"name", "id"});
  channel.description = fields.object("purpose").text("value");
  if (channel.description.empty()) channel.description = fields.object("topic").text("value");
  channel.creator = fields.text("creator");
  channel.created_at = std::clamp<std::int64_t>(fields.integer("created"), 0, 253'402'300'799) * kSecond;
  channel.is_archived = fields.flag("is_archived");
  channel.members = fields.texts("members");
  for (auto const& member : channel.members) TRY(check_id(member, "members"));
  if (!channel.creator.empty()) TRY(check_id(channel.creator, "creator"));
  return channel;
}

Result<Message> read_message(json::value const& value) {
  Fields const fields(value);
  if (!fields.is_object()) return invalid({}, "a message must be an object");
  Message message;
  message.ts = fields.text("ts");
  TRY(check_ts(message.ts, "ts"));
  message.created_at = *parse_ts(message.ts);
  message.thread = fields.text("thread_ts");
  if (!message.thread.empty()) TRY(check_ts(message.thread, "thread_ts"));
  message.edited_at = parse_ts(fields.object("edited").text("ts")).value_or(0);
  message.subtype = fields.text("subtype");
  message.author = author_of(fields);
  TRY(check_id(message.author.id, "user"));
  message.thread_author = fields.text("parent_user_id");
  if (!message.thread_author.empty()) TRY(check_id(message.thread_author, "parent_user_id"));
  message.text = fields.text("text");
  if (message.text.empty()) message.text = text_of_attachments(fields);
  // What no text may hold.
  std::ranges::replace(message.text, '\0', ' ');
  message.files = files_of(fields);
  message.reactions = reactions_of(fields);
  for (auto const& reaction : message.reactions)
    for (auto const& user : reaction.users) TRY(check_id(user, "reactions"));
  return message;
}

bool is_said(Message const& message) {
  static constexpr std::array<std::string_view, 8> kSaid = {
      "",           "bot_message",  "me_message",  "thread_broadcast", "reply_broadcast",
      "file_share", "file_comment", "file_mention"};
  return std::ranges::find(kSaid, message.subtype) != kSaid.end();
}

}  // namespace parlance::slack
