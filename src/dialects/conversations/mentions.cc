#include "dialects/conversations/mentions.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/limits.h"
#include "core/users.h"

namespace parlance::conversations {
namespace {

constexpr std::size_t kMaxMentions = 100;

}  // namespace

std::vector<std::string> mentioned_in(std::string_view content) {
  std::vector<std::string> ids;
  for (auto begin = content.find("<@"); begin != std::string_view::npos; begin = content.find("<@", begin + 2)) {
    auto const rest = content.substr(begin + 2, core::kMaxExternalIdBytes + 1);
    auto const id = rest.substr(0, rest.find('>'));
    if (id.empty() || id.size() == rest.size() || std::ranges::find(ids, id) != ids.end()) continue;
    if (ids.size() == kMaxMentions) break;
    ids.emplace_back(id);
  }
  return ids;
}

Result<std::vector<UserId>> resolve_mentions(storage::Transaction& tx, TenantId tenant, std::string_view content,
                                             std::optional<std::vector<std::string>> const& named) {
  std::vector<UserId> users;
  for (auto const& external_id : mentioned_in(content)) {
    if (auto const user = TRY(core::find_user(tx, tenant, external_id))) users.push_back(user->id);
  }
  auto const list = named.value_or(std::vector<std::string>{});
  if (list.size() > kMaxMentions)
    return invalid("mentions", fmt::format("mentions names more than {} users", kMaxMentions));
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto const field = fmt::format("mentions[{}]", i);
    TRY(core::check_external_id(list[i], field));
    auto const user = TRY(core::find_user(tx, tenant, list[i]));
    if (!user) return invalid(field, fmt::format("{} is not a user", field));
    users.push_back(user->id);
  }
  return users;
}

}  // namespace parlance::conversations
