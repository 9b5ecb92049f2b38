#include "core/personal.h"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "base/text.h"
#include "core/conversations.h"
#include "core/event_rows.h"
#include "core/in_list.h"
#include "core/notices.h"
#include "core/streams.h"
#include "model/member.h"

namespace parlance::core {

namespace {

constexpr std::string_view kPrefix = "user:";

std::string key_of(UserId user) { return fmt::format("{}{}", kPrefix, user.value); }

struct Slot {
  ConversationId stream;
  UserId user;
  std::int64_t offset = 0;
  std::int64_t epoch = 0;
};

Slot slot_from(storage::Row const& row) {
  auto const user = parse_integer(row.text(1).substr(kPrefix.size()));
  return {row.id<ConversationId>(0), UserId{user.value_or(0)}, row.integer(2), row.integer(3)};
}

/// Moves the counters of the streams that exist among those of `users`.
Result<std::vector<Slot>> take_slots(storage::Transaction& tx, TenantId tenant, std::vector<UserId> const& users) {
  if (users.empty()) return std::vector<Slot>{};
  std::vector<std::string> keys;
  keys.reserve(users.size());
  for (auto const user : users) keys.push_back(key_of(user));
  InList const list(2, keys);
  auto const params = list.params({tenant});
  return tx.all(fmt::format("UPDATE conversations SET last_offset = last_offset + 1 WHERE tenant_id = $1"
                            " AND unique_key IN {} RETURNING id, unique_key, last_offset, epoch",
                            list.text()),
                params, slot_from);
}

Result<std::vector<Slot>> take_member_slots(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  return tx.all(
      "UPDATE conversations SET last_offset = last_offset + 1 WHERE tenant_id = $1 AND unique_key IN"
      " (SELECT 'user:' || b.user_id FROM members b WHERE b.tenant_id = $1 AND b.conversation_id = $2"
      " AND b.membership = 1) RETURNING id, unique_key, last_offset, epoch",
      {tenant, id}, slot_from);
}

/// Those whom the message mentions, without those who have said that they do not want to hear of it (notices.h).
Result<std::vector<UserId>> who_want_to_know(storage::Transaction& tx, model::Message const& message) {
  auto const concern = calls_everyone(message.text) ? Concern::everyone : Concern::mention;
  auto users = message.mentions;
  InList const list(3, users);
  auto const members = TRY(tx.all(
      fmt::format("SELECT user_id, mute_until, notify_level FROM members WHERE tenant_id = $1"
                  " AND conversation_id = $2 AND user_id IN {}",
                  list.text()),
      list.params({message.tenant, message.conversation}), [](storage::Row const& row) {
        return model::Member{
            .user = row.id<UserId>(0), .mute_until = row.integer(1), .notify_level = row.as<model::NotifyLevel>(2)};
      }));
  for (auto const& member : members) {
    if (!wants_notice(member, concern, tx.now())) std::erase(users, member.user);
  }
  return users;
}

Result<std::vector<Slot>> take_slots_for(storage::Transaction& tx, model::LiveEvent const& live) {
  using enum model::EventKind;
  auto const& event = live.event;
  switch (event.kind) {
    case message_added:
      if (!live.message || live.message->mentions.empty()) return std::vector<Slot>{};
      return take_slots(tx, event.tenant, TRY(who_want_to_know(tx, *live.message)));
    case member_added:
    case member_removed:
    case member_left:
    case member_updated:
    case read_moved: return take_slots(tx, event.tenant, {event.subject});
    case conversation_updated:
    case conversation_archived: return take_member_slots(tx, event.tenant, event.conversation);
    case message_edited:
    case message_deleted:
    case message_previewed:
    case reaction_added:
    case reaction_removed:
    case message_pinned:
    case message_unpinned:
    case conversation_created:
    case publication:
    case personal:
    case delivered_moved:
    case notification_created:
    case user_changed:
    case tenant_changed:
    case job_added:
    case sight_changed: return std::vector<Slot>{};
  }
  return std::vector<Slot>{};
}

Result<void> note(storage::Transaction& tx, Slot const& slot, model::LiveEvent const& cause,
                  std::shared_ptr<model::Conversation const> conversation) {
  auto live = cause;
  auto& event = live.event;
  event.conversation = slot.stream;
  event.offset = slot.offset;
  event.epoch = slot.epoch;
  event.kind = model::EventKind::personal;
  event.subject = slot.user;
  event.data =
      fmt::format("{} {} {}", static_cast<int>(cause.event.kind), cause.event.conversation.value, cause.event.data);
  event.created_at = tx.now();
  live.conversation = std::move(conversation);
  TRY(post_event(tx, event));
  tx.announce(std::move(live));
  return {};
}

}  // namespace

Result<model::Conversation> open_personal_stream(storage::Transaction& tx, TenantId tenant, UserId user) {
  return open_stream(tx, tenant, key_of(user));
}

Result<std::optional<model::Conversation>> find_personal_stream(storage::Transaction& tx, TenantId tenant,
                                                                UserId user) {
  return find_stream(tx, tenant, key_of(user));
}

std::optional<PersonalCause> parse_personal(std::string_view data) {
  auto const first = data.find(' ');
  auto const second = first == std::string_view::npos ? first : data.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto const kind = parse_integer(data.substr(0, first));
  auto const conversation = parse_integer(data.substr(first + 1, second - first - 1));
  if (!kind || !conversation) return std::nullopt;
  return PersonalCause{static_cast<model::EventKind>(*kind), ConversationId{*conversation}, data.substr(second + 1)};
}

Result<void> tell_users(storage::Transaction& tx, model::LiveEvent const& live) {
  auto const slots = TRY(take_slots_for(tx, live));
  if (slots.empty()) return {};
  auto conversation = live.conversation;
  if (!conversation) {
    auto found = TRY(find_conversation(tx, live.event.tenant, live.event.conversation));
    if (found) conversation = std::make_shared<model::Conversation const>(*std::move(found));
  }
  for (auto const& slot : slots) TRY(note(tx, slot, live, conversation));
  return {};
}

}  // namespace parlance::core
