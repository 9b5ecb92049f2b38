#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "slack/mode.h"
#include "slack/records.h"
#include "storage/write_lane.h"

namespace parlance::slack {

/// Who is who: Slack's users and bots as users of the tenant. One whose external id is `slack-<id>`, or whose address
/// is a known user's, is that user and stays as it is; others are made. One thread, never a lane's.
class People {
 public:
  People(storage::WriteLanes& lanes, TenantId tenant, Mode mode) : lanes_(lanes), tenant_(tenant), mode_(mode) {}

  /// Makes sure of them, in one commit. Returns how many are new.
  Result<std::int64_t> meet(std::vector<User> const& users);

  /// One of those who were met; empty for others and, in a dry run, for those who would have to be made.
  std::optional<UserId> find(std::string_view slack_id) const;

  bool has_met(std::string_view slack_id) const { return known_.contains(std::string(slack_id)); }

 private:
  Result<std::optional<UserId>> find_here(storage::Transaction& tx, User const& user) const;
  Result<UserId> make(storage::Transaction& tx, User const& user) const;

  storage::WriteLanes& lanes_;
  TenantId const tenant_;
  Mode const mode_;
  std::unordered_map<std::string, UserId> known_;
};

}  // namespace parlance::slack
