#include "jobs/dispatcher.h"

#include <algorithm>
#include <vector>

#include "core/deliveries.h"
#include "core/dispatch.h"
#include "core/job_queue.h"
#include "core/members.h"
#include "core/notices.h"
#include "core/previews.h"
#include "core/tenants.h"
#include "core/thread_texts.h"
#include "jobs/payload.h"
#include "jobs/unfurls.h"
#include "jobs/webhooks.h"

namespace parlance::jobs {
namespace {

/// The most webhooks that one transaction queues, so that it does not hold up what else is written.
constexpr std::int64_t kWebhooksAtOnce = 500;

/// Somebody who has sent all of the messages has nothing to be told.
Result<std::vector<UserId>> recipients_of(storage::Transaction& tx, TenantId tenant, ConversationId conversation,
                                          core::DueMessages const& due, std::int64_t through_seq,
                                          std::vector<model::Member> const& absent) {
  auto const sender = TRY(core::only_sender(tx, tenant, conversation, due.first_seq, through_seq));
  std::vector<UserId> users;
  for (auto const& member : absent)
    if (member.user != sender) users.push_back(member.user);
  return users;
}

Result<void> queue_webhooks(storage::Transaction& tx, TenantId tenant, ConversationId conversation,
                            core::DueMessages const& due, std::int64_t through_seq,
                            std::vector<model::Member> const& absent) {
  for (auto const& sent : TRY(core::list_sent(tx, tenant, conversation, due.first_seq, through_seq))) {
    for (auto const& member : absent) {
      bool const is_told = core::wants_notice(member, core::concern_of(sent, member.user), tx.now());
      if (member.user == sent.sender || !is_told) continue;
      MessageWebhook const webhook{conversation, sent.message, member.external_id};
      TRY(core::add_job(tx, tenant, Webhooks::kKind, encode(webhook), tx.now()));
    }
  }
  return {};
}

Result<void> queue_unfurls(storage::Transaction& tx, TenantId tenant, ConversationId conversation,
                           core::DueMessages const& due, std::int64_t through_seq) {
  for (auto const& source : TRY(core::list_link_sources(tx, tenant, conversation, due, through_seq))) {
    auto const payload = encode_unfurl(source);
    if (!payload.empty()) TRY(core::add_job(tx, tenant, Unfurls::kKind, payload, tx.now()));
  }
  return {};
}

}  // namespace

Result<void> Dispatcher::run(model::Job const& job) const {
  auto const payload = TRY(Payload::parse(job.payload));
  ConversationId const conversation{payload.integer("conversation")};
  while (true) {
    auto const progress = TRY(lanes_.run(
        conversation.value, [&](storage::Transaction& tx) { return dispatch_some(tx, job.tenant, conversation); }));
    if (progress == Progress::all) return {};
  }
}

Result<Dispatcher::Progress> Dispatcher::dispatch_some(storage::Transaction& tx, TenantId tenant,
                                                       ConversationId conversation) const {
  auto const due = TRY(core::find_due_messages(tx, tenant, conversation));
  if (!due) return Progress::all;
  auto through_seq = due->last_seq;
  if (!due->empty()) {
    auto absent = TRY(core::all_members(tx, tenant, conversation));
    std::erase_if(absent, [&](model::Member const& member) { return presence_.is_connected(tenant, member.user); });
    auto const settings = TRY(core::get_tenant(tx, tenant)).settings;
    if (!absent.empty() && wants(settings.webhook, kMessageNew)) {
      auto const at_once = std::max<std::int64_t>(kWebhooksAtOnce / static_cast<std::int64_t>(absent.size()), 1);
      through_seq = std::min(through_seq, due->first_seq + at_once - 1);
      TRY(queue_webhooks(tx, tenant, conversation, *due, through_seq, absent));
    }
    auto const users = TRY(recipients_of(tx, tenant, conversation, *due, through_seq, absent));
    auto const run_at = next_attempt_at({.base = retry_.base, .cap = retry_.cap, .max_attempts = 0}, 1, tx.now());
    TRY(core::open_deliveries(tx, tenant, conversation, users, due->first_seq, through_seq, run_at));
  }
  if (links_ == Links::unfurl) TRY(queue_unfurls(tx, tenant, conversation, *due, through_seq));
  if (through_seq == due->last_seq) TRY(core::queue_summary(tx, tenant, conversation, due->after_offset));
  TRY(core::settle_due_messages(tx, tenant, conversation, *due, through_seq));
  return through_seq == due->last_seq ? Progress::all : Progress::some;
}

}  // namespace parlance::jobs
