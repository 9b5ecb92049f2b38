#include "dialects/snapbooks/views.h"

#include "core/message_log.h"

namespace parlance::snapbooks {
namespace {

constexpr std::int64_t kShownMessages = 1'000;

}  // namespace

Result<ShownThread> view_thread(storage::Transaction& tx, core::Caller const& caller, ConversationId id) {
  auto met = TRY(core::require_account_thread(tx, caller, id, core::Action::see));
  ShownThread shown;
  auto messages = TRY(core::read_messages(tx, met.encounter, {.limit = kShownMessages}));
  shown.messages = TRY(with_results(tx, caller.tenant, std::move(messages)));
  shown.drafts = TRY(core::list_drafts(tx, caller, id));
  shown.participants = TRY(core::list_participants(tx, met.thread.conversation));
  shown.thread = std::move(met.thread);
  return shown;
}

Result<ShownMessage> view_message(storage::Transaction& tx, core::Caller const& caller, ConversationId thread,
                                  MessageId id) {
  auto const met = TRY(core::require_account_thread(tx, caller, thread, core::Action::see));
  std::vector<model::Message> messages;
  messages.push_back(TRY(core::read_message(tx, met.encounter, id, core::Tombstones::skip)));
  return std::move(TRY(with_results(tx, caller.tenant, std::move(messages))).front());
}

Result<std::vector<ShownMessage>> with_results(storage::Transaction& tx, TenantId tenant,
                                               std::vector<model::Message> messages) {
  std::vector<MessageId> ids;
  for (auto const& message : messages) ids.push_back(message.id);
  auto results = TRY(core::read_results(tx, tenant, ids));
  std::vector<ShownMessage> shown;
  shown.reserve(messages.size());
  for (auto& message : messages) {
    auto const found = results.find(message.id);
    auto result = found == results.end() ? std::nullopt : std::optional(std::move(found->second));
    shown.push_back({std::move(message), std::move(result)});
  }
  return shown;
}

}  // namespace parlance::snapbooks
