#include "dialects/centrifugo/channels.h"

#include <algorithm>

#include "api/spelling.h"

namespace parlance::centrifugo {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    auto const end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void read_custom(ChannelName& name, std::string_view space, model::Tenant const& tenant) {
  name.needs_token = space.starts_with('$');
  if (name.needs_token) space.remove_prefix(1);
  if (std::ranges::find(tenant.settings.namespaces, space) == tenant.settings.namespaces.end()) return;
  name.kind = ChannelKind::custom;
  auto const hash = name.rest.find('#');
  name.is_limited = hash != std::string::npos;
  if (name.is_limited) name.allowed_users = split(std::string_view(name.rest).substr(hash + 1), ',');
}

}  // namespace

ChannelName parse_channel(std::string_view text, model::Tenant const& tenant) {
  ChannelName name;
  name.text = text;
  auto const colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return name;
  auto const space = text.substr(0, colon);
  name.rest = text.substr(colon + 1);
  if (space == "chat") {
    name.kind = ChannelKind::chat;
    name.conversation = ConversationId{api::parse_decimal(name.rest).value_or(0)};
  } else if (space == "user") {
    name.kind = ChannelKind::user;
  } else if (space == "status") {
    name.kind = ChannelKind::status;
  } else {
    read_custom(name, space, tenant);
  }
  return name;
}

}  // namespace parlance::centrifugo
