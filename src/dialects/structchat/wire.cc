#include "dialects/structchat/wire.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/structchat/bits.h"
#include "dialects/structchat/handles.h"

namespace parlance::structchat {
namespace {

using api::StructType;

template <typename IdType>
Result<IdType> parse(StructType type, std::string_view text, std::string_view noun) {
  auto const id = api::parse_struct(type, text);
  if (!id || *id == 0) return fail(Errc::not_found, "no such " + std::string(noun));
  return IdType{*id};
}

template <typename IdType>
Result<std::vector<IdType>> parse_list(std::optional<Texts> const& texts,
                                       Result<IdType> (*parse_one)(std::string_view)) {
  std::vector<IdType> ids;
  for (auto const& text : texts.value_or(Texts{})) {
    auto const id = TRY(parse_one(text));
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

template <typename Item, typename Spell>
void write_list(JsonWriter& out, std::string_view name, std::vector<Item> const& items, Spell spell_item) {
  if (items.empty()) {
    out.field_null(name);
    return;
  }
  out.key(name).begin_array();
  for (auto const& item : items) out.value(spell_item(item));
  out.end_array();
}

/// One name's reactions, in the order in which the first came.
struct ReactionGroup {
  std::string_view name;
  std::vector<UserId> users;
};

std::vector<ReactionGroup> group(std::vector<model::Reaction> const& reactions) {
  std::vector<ReactionGroup> groups;
  for (auto const& reaction : reactions) {
    auto found = std::ranges::find(groups, reaction.emoji, &ReactionGroup::name);
    if (found == groups.end()) found = groups.insert(found, {reaction.emoji, {}});
    found->users.push_back(reaction.user);
  }
  return groups;
}

void write_reactions(JsonWriter& out, std::vector<model::Reaction> const& reactions, Reactors reactors) {
  if (reactions.empty()) {
    out.field_null("reactions");
    return;
  }
  out.key("reactions").begin_array();
  for (auto const& [name, users] : group(reactions)) {
    out.begin_object().field("count", static_cast<std::int64_t>(users.size())).field("name", name);
    if (reactors == Reactors::named) write_users(out, "user_ids", users);
    out.end_object();
  }
  out.end_array();
}

Texts images_of(model::Message const& message) {
  Texts handles;
  for (auto const& attachment : message.attachments)
    if (attachment.file) handles.push_back(handle_of(attachment));
  return handles;
}

constexpr std::size_t kMaxMentions = 100;

}  // namespace

std::string spell(MessageId id) { return api::spell_struct(StructType::chat, id.value); }
std::string spell(UserId id) { return api::spell_struct(StructType::user, id.value); }
std::string spell(TenantId id) { return api::spell_struct(StructType::org, id.value); }
std::string spell_channel(ConversationId id) { return api::spell_struct(StructType::channel, id.value); }
std::string spell_thread(ConversationId id) { return api::spell_struct(StructType::thread, id.value); }

Result<MessageId> chat_id_of(std::string_view text) { return parse<MessageId>(StructType::chat, text, "chat"); }

Result<ConversationId> thread_id_of(std::string_view text) {
  bool const is_channel = api::struct_type_of(text) == StructType::channel;
  return parse<ConversationId>(is_channel ? StructType::channel : StructType::thread, text, "thread");
}

Result<ConversationId> channel_id_of(std::string_view text) {
  return parse<ConversationId>(StructType::channel, text, "channel");
}

Result<UserId> user_id_of(std::string_view text) { return parse<UserId>(StructType::user, text, "user"); }

Result<std::vector<ConversationId>> channel_ids_of(std::optional<Texts> const& texts) {
  return parse_list(texts, channel_id_of);
}

Result<std::vector<UserId>> user_ids_of(std::optional<Texts> const& texts) { return parse_list(texts, user_id_of); }

void write_texts(JsonWriter& out, std::string_view name, Texts const& texts) {
  write_list(out, name, texts, [](std::string const& text) { return std::string_view(text); });
}

void write_users(JsonWriter& out, std::string_view name, std::vector<UserId> const& users) {
  write_list(out, name, users, [](UserId id) { return spell(id); });
}

void write_channels(JsonWriter& out, std::string_view name, std::vector<ConversationId> const& channels) {
  write_list(out, name, channels, spell_channel);
}

void write_chat(JsonWriter& out, model::Message const& message, Reactors reactors) {
  out.begin_object().field("id", spell(message.id)).field("xid", message.xid);
  out.field("created_at", seconds_of(message.created_at));
  out.field("updated_at", seconds_of(std::max(message.created_at, message.edited_at)));
  out.field_raw("bits", message.deleted_at == 0 ? "{}" : R"({"deleted":true})").field("text", message.text);
  out.field("author_id", spell(message.sender)).field("thread_id", spell_thread(message.conversation));
  write_texts(out, "images", images_of(message));
  write_reactions(out, message.reactions, reactors);
  out.end_object();
}

void write_user(JsonWriter& out, model::User const& user) {
  out.begin_object().field("id", spell(user.id)).field("xid", user.external_id);
  out.field("created_at", seconds_of(user.created_at)).field("updated_at", seconds_of(user.updated_at));
  write_role_bits(out.key("bits"), user.role);
  out.field("org_id", spell(user.tenant)).field("name", user.name).field("email", user.email).end_object();
}

void write_channel(JsonWriter& out, core::ChannelView const& view) {
  auto const& channel = view.channel;
  out.begin_object().field("id", spell_channel(channel.id)).field("xid", channel.xid);
  out.field("created_at", seconds_of(channel.created_at)).field("updated_at", seconds_of(channel.updated_at));
  write_channel_bits(out.key("bits"), channel);
  out.field("done_until", 0).field("name", channel.name.value_or("")).field("description", channel.description);
  out.key("org_ids").begin_array().value(spell(channel.tenant)).end_array();
  out.field("num_threads", view.thread_count);
  write_users(out, "members", view.members);
  out.end_object();
}

void write_organisation(JsonWriter& out, model::Tenant const& tenant, core::ThreadCounts const& counts,
                        Secrets secrets) {
  auto const& org = tenant.settings.org;
  out.begin_object().field("id", spell(tenant.id)).field("xid", "");
  out.field("created_at", seconds_of(tenant.created_at));
  write_organisation_bits(out.key("bits"), org);
  out.field("last_sync", 0).field("name", tenant.name).field("title", org.title);
  out.field("description", org.description).field("hostname", tenant.hostname);
  out.field("num_threads", counts.total).field("num_valid_threads", counts.valid);
  out.field("num_resolved_threads", counts.resolved);
  if (secrets == Secrets::shown) out.field("join_secret", org.join_secret);
  out.end_object();
}

http::Response reply(std::string const& json) { return http::Response::json(200, json); }

std::vector<UserId> mentions_in(std::string_view text) {
  std::vector<UserId> users;
  for (auto at = text.find("<@"); at != std::string_view::npos && users.size() < kMaxMentions;
       at = text.find("<@", at + 2)) {
    auto const end = text.find('>', at);
    if (end == std::string_view::npos) break;
    auto const id = user_id_of(text.substr(at + 2, end - at - 2));
    if (id && std::ranges::find(users, *id) == users.end()) users.push_back(*id);
  }
  return users;
}

std::string slug_of(std::string_view subject) {
  std::string slug;
  for (char const c : to_lower_ascii(subject)) {
    bool const is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_kept) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-' && c != '\'') {
      slug += '-';
    }
  }
  if (slug.ends_with('-')) slug.pop_back();
  return slug;
}

Result<Page> page_of(http::Request const& request) {
  constexpr std::int64_t kDeepest = 1'000'000'000;
  auto const page = TRY(request.query_integer("page", 1, 1, kDeepest));
  auto const size = TRY(request.query_integer("per_page", 20, 1, 100));
  return Page{size, (page - 1) * size};
}

}  // namespace parlance::structchat
