#include "slack/people.h"

#include "core/limits.h"
#include "core/users.h"
#include "slack/commit.h"
#include "slack/text.h"

namespace parlance::slack {

namespace {

std::string external_id_of(User const& user) { return "slack-" + user.id; }

std::string email_of(User const& user) { return one_line(user.email, core::kMaxNameBytes); }

}  // namespace

Result<std::optional<UserId>> People::find_here(storage::Transaction& tx, User const& user) const {
  if (auto const found = TRY(core::find_user(tx, tenant_, external_id_of(user)))) return found->id;
  auto const email = email_of(user);
  if (email.empty()) return std::nullopt;
  if (auto const found = TRY(core::find_user_by_email(tx, tenant_, email))) return found->id;
  return std::nullopt;
}

Result<UserId> People::make(storage::Transaction& tx, User const& user) const {
  core::UserChange change;
  auto const name = one_line(user.name, core::kMaxNameBytes);
  change.name = name.empty() ? user.id : name;
  change.email = email_of(user);
  // Who ruled there does not rule here; but who saw little there does not see more here.
  if (user.is_guest) change.role = model::TenantRole::guest;
  return TRY(core::put_user(tx, tenant_, external_id_of(user), change)).id;
}

Result<std::int64_t> People::meet(std::vector<User> const& users) {
  struct Met {
    std::unordered_map<std::string, UserId> ids;
    std::int64_t new_count = 0;
  };
  auto const verb = [&](storage::Transaction& tx) -> Result<Met> {
    Met met;
    for (auto const& user : users) {
      if (has_met(user.id) || met.ids.contains(user.id)) continue;
      auto id = TRY(find_here(tx, user));
      if (!id) ++met.new_count;
      if (!id && mode_ == Mode::write) id = TRY(make(tx, user));
      met.ids[user.id] = id.value_or(UserId{});
    }
    return met;
  };
  auto met = TRY(commit(lanes_, 0, verb));
  known_.merge(met.ids);
  return met.new_count;
}

std::optional<UserId> People::find(std::string_view slack_id) const {
  auto const found = known_.find(std::string(slack_id));
  if (found == known_.end() || !found->second) return std::nullopt;
  return found->second;
}

}  // namespace parlance::slack
