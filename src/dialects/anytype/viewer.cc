#include "dialects/anytype/viewer.h"

#include <algorithm>
#include <ranges>

#include "core/message_log.h"
#include "dialects/anytype/positions.h"

namespace parlance::anytype {
namespace {

void write_counter(JsonWriter& out, std::int64_t count, std::int64_t oldest_seq) {
  out.begin_object().field("counter", count);
  if (oldest_seq != 0) out.field("oldest_order_id", format_order_id(oldest_seq));
  out.end_object();
}

bool mentions(model::Message const& message, UserId user) {
  return std::ranges::find(message.mentions, user) != message.mentions.end();
}

}  // namespace

Result<Viewer> read_viewer(storage::Transaction& tx, core::Caller const& caller, core::Encounter const& encounter) {
  auto const& conversation = encounter.conversation;
  bool const is_bounded = conversation.history_mode == model::HistoryMode::since_join && encounter.member;
  Viewer viewer;
  viewer.position = {.epoch = conversation.epoch, .offset = conversation.last_offset};
  viewer.visible_after = is_bounded ? encounter.member->joined_seq : 0;
  viewer.newest_offset = TRY(core::newest_message_offset(tx, conversation));
  viewer.read = read_set_of(encounter);
  viewer.unread = TRY(core::count_unread(tx, caller, encounter));
  return viewer;
}

void write_state(JsonWriter& out, Viewer const& viewer) {
  out.begin_object();
  write_counter(out.key("messages"), viewer.unread.messages, viewer.unread.oldest_message_seq);
  write_counter(out.key("mentions"), viewer.unread.mentions, viewer.unread.oldest_mention_seq);
  if (viewer.newest_offset != 0) out.field("last_state_id", format_state_id(viewer.newest_offset));
  out.field("order", viewer.position.offset).end_object();
}

MessageFlags flags_of(model::Message const& message, UserId user, model::IntervalSet const& read,
                      bool has_unread_mention) {
  if (message.sender == user) return kOwnMessage;
  bool const has_mention = mentions(message, user);
  return {.read = read.contains(message.seq),
          .has_mention = has_mention,
          .mention_read = !has_mention || !has_unread_mention};
}

Result<std::vector<MessageFlags>> read_flags(storage::Transaction& tx, core::Caller const& caller, ConversationId chat,
                                             model::IntervalSet const& read,
                                             std::vector<model::Message> const& messages) {
  std::vector<std::int64_t> unread;
  bool const is_mentioned =
      std::ranges::any_of(messages, [&](auto const& message) { return mentions(message, caller.user); });
  if (is_mentioned) {
    auto const [first, last] = std::ranges::minmax(messages | std::views::transform(&model::Message::seq));
    unread = TRY(core::list_unread_mentions(tx, caller, chat, first, last));
  }
  std::vector<MessageFlags> flags;
  flags.reserve(messages.size());
  for (auto const& message : messages) {
    flags.push_back(flags_of(message, caller.user, read, std::ranges::binary_search(unread, message.seq)));
  }
  return flags;
}

model::IntervalSet read_set_of(core::Encounter const& encounter) {
  return encounter.member ? encounter.member->read : model::IntervalSet();
}

}  // namespace parlance::anytype
