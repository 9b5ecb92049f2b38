#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "model/tenant.h"

namespace parlance::centrifugo {

inline constexpr std::size_t kMaxChannelBytes = 255;

enum class ChannelKind {
  unknown,  ///< no namespace, or one that the tenant has not declared
  chat,     ///< "chat:<conversation id>"
  user,     ///< "user:<user id>": what concerns that user alone
  status,   ///< "status:<user id>": whether that user is online
  custom,   ///< "<namespace>:<rest>", of the tenant's own
};

/// A channel's name taken apart.
struct ChannelName {
  std::string text;
  ChannelKind kind = ChannelKind::unknown;
  ConversationId conversation;  ///< of chat; none where the name spells no id
  std::string rest;             ///< behind the first ':'
  bool needs_token = false;     ///< custom, beginning with '$'
  /// custom, with '#': only for these users ("rooms:team#alice,bob")
  bool is_limited = false;
  std::vector<std::string> allowed_users;

  /// Whether everything in it is in a log: false only for status.
  bool has_log() const { return kind != ChannelKind::status && kind != ChannelKind::unknown; }
};

ChannelName parse_channel(std::string_view text, model::Tenant const& tenant);

}  // namespace parlance::centrifugo
