#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

/// What a Slack export says, as far as it is brought in. Each reader takes one member of a list in the export;
/// invalid_argument, with the field, where it is not what it should be. Fields that are not known are passed over.
namespace parlance::slack {

struct User {
  std::string id;  ///< "U…", "W…"; "B…" of a bot
  std::string name;
  std::string email;
  bool is_guest = false;
};
Result<User> read_user(boost::json::value const& value);

enum class Place { channel, private_channel, dm, group };

struct Channel {
  std::string id;
  std::string folder;  ///< where its days are
  std::string name;    ///< empty for direct messages
  std::string description;
  Place place = Place::channel;
  std::string creator;
  Timestamp created_at = 0;
  bool is_archived = false;
  std::vector<std::string> members;
};
Result<Channel> read_channel(boost::json::value const& value, Place place);

/// A file by reference: the content stays where it is.
struct File {
  std::string name;
  std::string media_type;
  std::int64_t size = 0;
  std::string url;  ///< empty where Slack keeps it from the export
};

struct Reaction {
  std::string name;
  std::vector<std::string> users;
};

struct Message {
  std::string ts;      ///< "1614754663.032600": id and time at once
  std::string thread;  ///< `ts` of the message that the thread began with; empty outside of one
  Timestamp created_at = 0;
  Timestamp edited_at = 0;  ///< 0 = never
  std::string subtype;      ///< empty for an ordinary message
  User author;              ///< as far as the message itself tells of it
  std::string thread_author;
  std::string text;  ///< & < > escaped, as Slack has it
  std::vector<File> files;
  std::vector<Reaction> reactions;
};
Result<Message> read_message(boost::json::value const& value);

/// Somebody has said something; all else is notes of what happened ("has joined the channel").
bool is_said(Message const& message);

/// "1614754663.032600" in microseconds; empty where it is no such thing.
std::optional<Timestamp> parse_ts(std::string_view ts);

}  // namespace parlance::slack
