#include "dialects/structchat/bits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace parlance::structchat {
namespace {

constexpr std::array<std::string_view, 3> kThreadBits{"deleted", "hidden", "resolved"};
constexpr std::array<std::string_view, 3> kChannelModes{"chan_member", "chan_anyone", "chan_hidden"};
constexpr std::array<std::string_view, 5> kChannelBits{"chan_member", "chan_anyone", "chan_hidden", "chan_auto_join",
                                                       "deleted"};
constexpr std::array<std::string_view, 2> kFeedBits{"feed_dm", "deleted"};
constexpr std::array<std::string_view, 1> kOrganisationBits{"org_open_join"};
constexpr std::array<std::string_view, 1> kChatBits{"deleted"};

struct RoleBit {
  std::string_view name;
  model::TenantRole role;
};
constexpr std::array kRoles{RoleBit{"owner", model::TenantRole::owner}, RoleBit{"admin", model::TenantRole::admin},
                            RoleBit{"mod", model::TenantRole::moderator}, RoleBit{"guest", model::TenantRole::guest},
                            RoleBit{"no_op", model::TenantRole::member}};

void write(JsonWriter& out, std::initializer_list<std::pair<std::string_view, bool>> bits) {
  out.begin_object();
  for (auto const& [name, is_set] : bits)
    if (is_set) out.field(name, true);
  out.end_object();
}

std::string_view name_of(core::ChannelMode mode) {
  switch (mode) {
    case core::ChannelMode::members: return "chan_member";
    case core::ChannelMode::anyone: return "chan_anyone";
    case core::ChannelMode::hidden: return "chan_hidden";
  }
  return "chan_member";
}

}  // namespace

Result<Bits> Bits::read(std::optional<boost::json::value> const& json, std::span<std::string_view const> known) {
  Bits bits;
  if (!json || json->is_null()) return bits;
  if (json->is_string()) {
    if (!json->get_string().empty()) bits.values_.emplace(json->get_string(), true);
  } else if (json->is_object()) {
    for (auto const& [name, value] : json->get_object()) {
      if (!value.is_bool())
        return invalid("bits", fmt::format("bits.{} must be true or false", std::string_view(name)));
      bits.values_.emplace(name, value.get_bool());
    }
  } else {
    return invalid("bits", "bits must be an object of booleans");
  }
  for (auto const& [name, value] : bits.values_) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return invalid("bits", fmt::format("bits has no {} here; it takes {}", name, fmt::join(known, ", ")));
  }
  return bits;
}

std::optional<bool> Bits::get(std::string_view name) const {
  auto const found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

Result<Bits> read_thread_bits(std::optional<boost::json::value> const& json) { return Bits::read(json, kThreadBits); }
Result<Bits> read_channel_bits(std::optional<boost::json::value> const& json) { return Bits::read(json, kChannelBits); }
Result<Bits> read_feed_bits(std::optional<boost::json::value> const& json) { return Bits::read(json, kFeedBits); }
Result<Bits> read_organisation_bits(std::optional<boost::json::value> const& json) {
  return Bits::read(json, kOrganisationBits);
}
Result<Bits> read_chat_bits(std::optional<boost::json::value> const& json) { return Bits::read(json, kChatBits); }

Result<core::ChannelMode> channel_mode_in(Bits const& bits) {
  using enum core::ChannelMode;
  auto const count = std::ranges::count_if(kChannelModes, [&](std::string_view name) { return bits.has(name); });
  if (count != 1)
    return invalid("bits", fmt::format("bits must have exactly one of {}", fmt::join(kChannelModes, ", ")));
  if (bits.has("chan_anyone")) return anyone;
  return bits.has("chan_hidden") ? hidden : members;
}

Result<std::optional<model::TenantRole>> role_in(std::optional<boost::json::value> const& json) {
  std::array<std::string_view, kRoles.size()> names;
  std::ranges::transform(kRoles, names.begin(), &RoleBit::name);
  auto const bits = TRY(Bits::read(json, names));
  std::optional<model::TenantRole> role;
  for (auto const& [name, wanted] : kRoles) {
    if (!bits.has(name)) continue;
    if (role) return invalid("bits", fmt::format("bits must have only one of {}", fmt::join(names, ", ")));
    role = wanted;
  }
  return role;
}

void write_thread_bits(JsonWriter& out, model::Conversation const& thread) {
  auto const has = [&](std::int64_t bit) { return (thread.bits & bit) != 0; };
  write(out, {{"deleted", has(model::kThreadDeleted)},
              {"hidden", has(model::kThreadHidden)},
              {"resolved", has(model::kThreadResolved)}});
}

void write_channel_bits(JsonWriter& out, model::Conversation const& channel) {
  write(out, {{name_of(core::channel_mode(channel)), true},
              {"chan_auto_join", (channel.bits & model::kAutoJoin) != 0},
              {"deleted", (channel.bits & model::kThreadDeleted) != 0}});
}

void write_role_bits(JsonWriter& out, model::TenantRole role) {
  auto const found = std::ranges::find(kRoles, role, &RoleBit::role);
  write(out, {{found->name, role != model::TenantRole::member}});
}

void write_feed_bits(JsonWriter& out, bool only_direct) { write(out, {{"feed_dm", only_direct}}); }

void write_organisation_bits(JsonWriter& out, model::OrgSettings const& organisation) {
  write(out, {{"org_open_join", organisation.open_join}});
}

}  // namespace parlance::structchat
