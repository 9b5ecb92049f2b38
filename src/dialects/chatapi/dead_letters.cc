#include "dialects/chatapi/dead_letters.h"

#include <functional>
#include <map>
#include <ranges>

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/deliveries.h"
#include "core/job_queue.h"
#include "core/notifications.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {
namespace {

constexpr std::int64_t kMostDeadLetters = 1000;

struct WebhookPayload {
  std::int64_t conversation = 0;
  std::int64_t message = 0;
  std::string recipient;
};
BOOST_DESCRIBE_STRUCT(WebhookPayload, (), (conversation, message, recipient))

FailedRoomMessage entry_of(core::FailedMessage const& failed) {
  return {api::spell_delivery(failed.delivery),
          api::spell_message(failed.message),
          failed.external_id,
          api::spell_room(failed.conversation),
          failed.attempts,
          format_rfc3339(failed.last_attempt_at),
          failed.error};
}

FailedNotification entry_of(model::NotificationDelivery const& failed) {
  auto const id = api::spell_notification(failed.notification.id);
  return {id,
          id,
          failed.notification.topic,
          failed.external_id,
          failed.attempts,
          format_rfc3339(failed.last_attempt_at),
          failed.last_error};
}

/// A webhook that was never accepted, in the terms of the message that it was to tell of. Its job holds the ids of both
/// and the recipient.
FailedRoomMessage entry_of(model::Job const& job) {
  auto const payload = parse_json(job.payload).value_or(boost::json::value());
  FailedRoomMessage entry;
  entry.id = api::spell_job(job.id);
  if (auto const webhook = http::decode<WebhookPayload>(payload)) {
    entry.message_id = api::spell_message(MessageId{webhook->message});
    entry.room_id = api::spell_room(ConversationId{webhook->conversation});
    entry.user_id = webhook->recipient;
  }
  entry.attempts = job.attempts;
  entry.last_attempt_at = format_rfc3339(job.last_attempt_at);
  entry.error = job.last_error;
  return entry;
}

/// Both kinds of failure as one list, newest attempt first.
Result<std::vector<FailedRoomMessage>> read_failed_messages(storage::Transaction& tx, TenantId tenant,
                                                            std::int64_t limit) {
  std::multimap<Timestamp, FailedRoomMessage, std::greater<>> by_time;
  for (auto const& failed : TRY(core::list_failed_messages(tx, tenant, limit))) {
    by_time.emplace(failed.last_attempt_at, entry_of(failed));
  }
  for (auto const& job : TRY(core::list_dead_jobs(tx, tenant, "webhook", limit))) {
    by_time.emplace(job.last_attempt_at, entry_of(job));
  }
  std::vector<FailedRoomMessage> entries;
  for (auto const& entry : by_time | std::views::values | std::views::take(limit)) entries.push_back(entry);
  return entries;
}

Result<DeadLetters> read_dead_letters(storage::Transaction& tx, TenantId tenant, std::int64_t limit) {
  DeadLetters letters;
  letters.failed_messages = TRY(read_failed_messages(tx, tenant, limit));
  for (auto const& failed : TRY(core::list_failed_notifications(tx, tenant, limit))) {
    letters.failed_notifications.push_back(entry_of(failed));
  }
  return letters;
}

Result<void> check_tenant(http::Request const& request) {
  auto const text = request.query("tenant_id");
  if (!text || text->empty()) return invalid("tenant_id", "tenant_id is required");
  if (api::parse_tenant(*text) != api::caller_of(request).tenant) {
    return fail(Errc::forbidden, "tenant_id is not that of this key");
  }
  return {};
}

}  // namespace

Task<Result<http::Response>> list_dead_letters(api::Services& services, http::Request& request) {
  CO_TRY(check_tenant(request));
  auto const limit = CO_TRY(number_in_query(request, "limit", 50, 1, kMostDeadLetters));
  auto const letters = CO_TRY(co_await api::read(services, request.executor(), [&](storage::Transaction& tx) {
    return read_dead_letters(tx, api::caller_of(request).tenant, limit);
  }));
  co_return http::Response::json(200, http::encode_json(letters));
}

}  // namespace parlance::chatapi
