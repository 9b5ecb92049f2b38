#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "slack/records.h"

namespace parlance::slack {

/// Ids of the users that a text mentions as `<@U…>` or `<@U…|name>`, each once, at most 1000.
std::vector<std::string> mentioned_in(std::string_view text);

/// The text with its mentions in Struct's spelling, `<@4L…>`. One of somebody whom `user_of` does not know stays.
std::string respell_mentions(std::string_view text,
                             std::function<std::optional<UserId>(std::string_view)> const& user_of);

/// Each file as a line of its own, in the way that Slack writes links: `<url|name> (media type, 123 bytes)`.
std::string describe_files(std::vector<File> const& files);

/// The text in pieces that a message holds each, cut at line ends where there are any; one piece where it is short.
std::vector<std::string> cut_text(std::string text, std::size_t most);

/// Without control characters and white space at the ends, cut to `most` bytes.
std::string one_line(std::string_view text, std::size_t most);

}  // namespace parlance::slack
