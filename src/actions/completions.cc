#include "actions/completions.h"

namespace parlance::actions {

std::uint64_t Completions::wait(ConversationId conversation, Action action) {
  return waiting_.with([&](Waiting& waiting) {
    auto const ticket = waiting.next_ticket++;
    waiting.actions[conversation].emplace(ticket, std::move(action));
    return ticket;
  });
}

void Completions::cancel(ConversationId conversation, std::uint64_t ticket) {
  waiting_.with([&](Waiting& waiting) {
    auto const found = waiting.actions.find(conversation);
    if (found == waiting.actions.end()) return;
    found->second.erase(ticket);
    if (found->second.empty()) waiting.actions.erase(found);
  });
}

void Completions::notify(ConversationId conversation) {
  auto const woken = waiting_.with([&](Waiting& waiting) { return waiting.actions.extract(conversation); });
  if (woken.empty()) return;
  for (auto const& [ticket, action] : woken.mapped()) action();
}

}  // namespace parlance::actions
