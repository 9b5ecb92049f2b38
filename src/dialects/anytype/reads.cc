#include "dialects/anytype/reads.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/limits.h"
#include "core/message_log.h"
#include "core/reads.h"
#include "dialects/anytype/chat_access.h"
#include "dialects/anytype/positions.h"
#include "dialects/anytype/wire.h"

namespace parlance::anytype {
namespace {

enum class Counted { messages, mentions };

/// What is to be marked, as the body says it.
struct Wanted {
  Counted counted = Counted::messages;
  std::int64_t first_seq = 1;
  std::int64_t last_seq = 0;
  std::vector<MessageId> ids;                ///< where not empty: these in place of the range
  std::optional<std::int64_t> known_offset;  ///< only messages that were there at this event
};

Result<Counted> counted_of(ChatReadMark const& body) {
  auto const type = body.type.value_or("messages");
  if (type == "messages") return Counted::messages;
  if (type == "mentions") return Counted::mentions;
  return invalid("type", "type must be one of messages, mentions");
}

Result<std::vector<MessageId>> ids_of(std::vector<std::string> const& texts) {
  if (texts.size() > core::kMaxMembersPerCall) return invalid("message_ids", "message_ids names too many messages");
  std::vector<MessageId> ids;
  for (auto const& text : texts) {
    auto const id = api::parse_cid(api::CidType::message, text);
    if (!id) {
      auto field = fmt::format("message_ids[{}]", ids.size());
      return invalid(field, fmt::format("{} is not the id of a message", field));
    }
    ids.push_back({*id});
  }
  return ids;
}

/// A client that has seen no message yet, or whose language has no absent strings, sends an empty last_state_id.
Result<Wanted> wanted_of(ChatReadMark const& body) {
  Wanted wanted;
  wanted.counted = TRY(counted_of(body));
  auto const after = body.after_order_id.value_or("");
  auto const before = body.before_order_id.value_or("");
  if (auto const state = body.last_state_id.value_or(""); !state.empty()) {
    wanted.known_offset = last_offset_up_to(state);
  }
  if (body.message_ids) {
    if (!after.empty() || !before.empty()) {
      return invalid("message_ids", "message_ids and a range of order ids exclude each other");
    }
    wanted.ids = TRY(ids_of(*body.message_ids));
    return wanted;
  }
  if (before.empty()) return invalid("before_order_id", "before_order_id is required");
  wanted.first_seq = after.empty() ? 1 : first_seq_from(after);
  wanted.last_seq = last_seq_up_to(before);
  return wanted;
}

Result<model::IntervalSet> seqs_of(storage::Transaction& tx, core::Encounter const& encounter,
                                   std::vector<MessageId> const& ids) {
  auto const messages = TRY(core::find_messages(tx, encounter.conversation.tenant, ids));
  model::IntervalSet seqs;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto const found = std::ranges::find(messages, ids[i], &model::Message::id);
    bool const is_here = found != messages.end() && found->conversation == encounter.conversation.id &&
                         !core::is_before_join(encounter, found->seq);
    auto const field = fmt::format("message_ids[{}]", i);
    if (!is_here) return invalid(field, fmt::format("{} is not a message of this chat", field));
    seqs.add(found->seq, found->seq);
  }
  return seqs;
}

/// Those of `seqs` that were there when the caller looked last: the guard against marking what it has not seen.
Result<model::IntervalSet> clip(storage::Transaction& tx, core::Encounter const& encounter, model::IntervalSet seqs,
                                std::optional<std::int64_t> known_offset) {
  if (!known_offset) return seqs;
  auto const last = TRY(core::last_seq_at(tx, encounter.conversation, *known_offset));
  model::IntervalSet clipped;
  for (auto const& interval : seqs.intervals()) clipped.add(interval.first, std::min(interval.last, last));
  return clipped;
}

Result<bool> mark(storage::Transaction& tx, core::Caller const& caller, ChatPath path, Wanted const& wanted) {
  auto const encounter = TRY(meet_chat(tx, caller, path));
  model::IntervalSet seqs;
  seqs.add(wanted.first_seq, std::min(wanted.last_seq, encounter.conversation.last_seq));
  if (!wanted.ids.empty()) seqs = TRY(seqs_of(tx, encounter, wanted.ids));
  seqs = TRY(clip(tx, encounter, std::move(seqs), wanted.known_offset));
  if (seqs.empty()) return false;
  if (wanted.counted == Counted::mentions) {
    TRY(core::mark_mentions_read(tx, caller, path.chat, seqs));
  } else {
    TRY(core::mark_read(tx, caller, path.chat, seqs));
  }
  return true;
}

http::Response done(bool) { return http::Response::empty(); }

}  // namespace

Task<Result<http::Response>> mark_read(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const body = CO_TRY(read_body<ChatReadMark>(request));
  auto const wanted = CO_TRY(wanted_of(body));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) { return mark(tx, caller, path, wanted); };
  co_return co_await api::perform(services, request, path.chat.value, verb, done);
}

Task<Result<http::Response>> mark_all_read(api::Services& services, http::Request& request) {
  auto const path = CO_TRY(chat_in_path(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) -> Result<bool> {
    auto const last_seq = TRY(meet_chat(tx, caller, path)).conversation.last_seq;
    TRY(mark(tx, caller, path, {.counted = Counted::messages, .last_seq = last_seq}));
    return mark(tx, caller, path, {.counted = Counted::mentions, .last_seq = last_seq});
  };
  co_return co_await api::perform(services, request, path.chat.value, verb, done);
}

}  // namespace parlance::anytype
