#include "slack/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "slack/json_list.h"

namespace parlance::slack {

namespace {

constexpr std::string_view kUsers = "users.json";
/// What it is called in an export of a whole Enterprise Grid.
constexpr std::string_view kOrganisationUsers = "org_users.json";

struct List {
  std::string_view name;
  Place place;
};
constexpr std::array<List, 4> kLists = {{{"channels.json", Place::channel},
                                         {"groups.json", Place::private_channel},
                                         {"mpims.json", Place::group},
                                         {"dms.json", Place::dm}}};

/// "2021-03-01.json"
bool is_day(std::string_view name) {
  constexpr std::string_view kShape = "0000-00-00.json";
  if (name.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    bool const is_digit = name[i] >= '0' && name[i] <= '9';
    if (kShape[i] == '0' ? !is_digit : name[i] != kShape[i]) return false;
  }
  return true;
}

/// With the same ending: where the export begins in the archive.
bool is_named(std::string_view path, std::string_view name) {
  return path == name ||
         (path.size() > name.size() && path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
}

std::unexpected<Error> in_file(std::string_view name, Error error) {
  error.message = fmt::format("{}: {}", name, error.message);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<Export> Export::open(std::string const& path) {
  auto archive = ZipArchive::open(path);
  if (!archive) return in_file(path, archive.error());
  Export opened(*std::move(archive));
  auto const sorted = opened.sort_out();
  if (!sorted) return in_file(path, sorted.error());
  return opened;
}

Result<void> Export::sort_out() {
  auto const& entries = archive_.entries();
  std::optional<std::string> root;
  for (auto const& entry : entries) {
    bool const is_list = is_named(entry.name, kUsers) || is_named(entry.name, kOrganisationUsers);
    if (!is_list || std::ranges::count(entry.name, '/') > 1) continue;
    auto const folder = entry.name.substr(0, entry.name.rfind('/') + 1);
    if (!root || folder.empty()) root = folder;
  }
  if (!root) return fail(Errc::invalid_argument, "it is no Slack export: there is no users.json in it");
  root_ = *std::move(root);
  for (auto const& entry : entries) {
    if (!entry.name.starts_with(root_)) continue;
    auto const path = std::string_view(entry.name).substr(root_.size());
    auto const slash = path.find('/');
    if (slash == std::string_view::npos || !is_day(path.substr(slash + 1))) continue;
    days_[std::string(path.substr(0, slash))].push_back(entry);
    day_bytes_ += entry.size;
  }
  return {};
}

ZipEntry const* Export::find(std::string_view name) const {
  auto const wanted = root_ + std::string(name);
  auto const& entries = archive_.entries();
  auto const found = std::ranges::lower_bound(entries, wanted, {}, &ZipEntry::name);
  return found == entries.end() || found->name != wanted ? nullptr : &*found;
}

Result<void> Export::each_record(ZipEntry const& file,
                                 std::function<Result<void>(boost::json::value const&)> const& take) const {
  auto const content = archive_.read(file);
  if (!content) return in_file(file.name, content.error());
  JsonList list(*content);
  while (true) {
    auto const value = list.next();
    if (!value) return in_file(file.name, value.error());
    if (!*value) return {};
    auto taken = take(**value);
    bool const is_record = !taken && taken.error().code == Errc::invalid_argument;
    if (is_record) taken.error().message = fmt::format("entry {}: {}", list.number(), taken.error().message);
    if (!taken) return in_file(file.name, taken.error());
  }
}

Result<void> Export::each_user(std::function<Result<void>(User const&)> const& take) const {
  for (auto const name : {kUsers, kOrganisationUsers}) {
    auto const* const file = find(name);
    if (file == nullptr) continue;
    TRY(each_record(*file,
                    [&](boost::json::value const& value) -> Result<void> { return take(TRY(read_user(value))); }));
  }
  return {};
}

Result<std::vector<Channel>> Export::channels() const {
  std::vector<Channel> channels;
  std::unordered_set<std::string> seen;
  for (auto const& list : kLists) {
    auto const* const file = find(list.name);
    if (file == nullptr) continue;
    TRY(each_record(*file, [&](boost::json::value const& value) -> Result<void> {
      auto channel = TRY(read_channel(value, list.place));
      if (seen.insert(channel.id).second) channels.push_back(std::move(channel));
      return {};
    }));
  }
  return channels;
}

std::vector<ZipEntry> const& Export::days(Channel const& channel) const {
  static std::vector<ZipEntry> const kNone;
  auto found = days_.find(channel.folder);
  if (found == days_.end()) found = days_.find(channel.id);
  return found == days_.end() ? kNone : found->second;
}

Result<std::vector<Message>> Export::messages(ZipEntry const& day) const {
  std::vector<Message> messages;
  TRY(each_record(day, [&](boost::json::value const& value) -> Result<void> {
    messages.push_back(TRY(read_message(value)));
    return {};
  }));
  std::ranges::sort(messages, {},
                    [](Message const& message) { return std::pair(message.created_at, std::string_view(message.ts)); });
  return messages;
}

std::vector<std::string> Export::unlisted_folders(std::vector<Channel> const& channels) const {
  std::unordered_set<std::string> listed;
  for (auto const& channel : channels) listed.insert({channel.folder, channel.id});
  std::vector<std::string> others;
  for (auto const& [folder, days] : days_) {
    if (!listed.contains(folder)) others.push_back(folder);
  }
  return others;
}

}  // namespace parlance::slack
