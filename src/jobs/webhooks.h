#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "model/job.h"
#include "model/tenant.h"
#include "outbound/http_client.h"
#include "storage/read_pool.h"

namespace parlance::jobs {

inline constexpr std::string_view kMessageNew = "message.new";
inline constexpr std::string_view kObjectCreated = "object.created";
inline constexpr std::string_view kObjectUpdated = "object.updated";
inline constexpr std::string_view kObjectDeleted = "object.deleted";

/// Everything that webhooks are sent for.
inline constexpr std::array kWebhookEvents{kMessageNew, kObjectCreated, kObjectUpdated, kObjectDeleted};

/// Whether a tenant's list may hold it: one of kWebhookEvents, the family of one ("object.*"), or "*" for all.
bool names_events(std::string_view wanted);

/// True where the tenant is to be told of events of that name ("message.new"): it has a URL, and its list is empty or
/// holds the name, its family ("message.*") or "*".
bool wants(model::WebhookSettings const& settings, std::string_view event);

/// A recipient who was not connected when a message was sent.
struct MessageWebhook {
  ConversationId conversation;
  MessageId message;
  std::string recipient;  ///< external id
};

/// A job's payload: {"event":"message.new","conversation":<id>,"message":<id>,"recipient":"<external id>"}
std::string encode(MessageWebhook const& webhook);

/// A job's payload for any other event, with the body as it will be sent: {"event":"<name>","body":"<text>"}
std::string encode_webhook(std::string_view event, std::string_view body);

/// The headers that let a receiver check where a delivery comes from, after Standard Webhooks 1.0
/// (https://github.com/standard-webhooks/standard-webhooks) and in the ChatAPI form. `id` stays the same over all
/// attempts of a delivery; `time` is that of the attempt.
outbound::HeaderList sign_webhook(std::string_view secret, std::string_view id, Timestamp time, std::string_view body);

struct WebhookOptions {
  outbound::Reach reach = outbound::Reach::public_only;
  std::chrono::milliseconds timeout{10'000};
  std::stop_token cut_off;  ///< see HttpClient
};

/// Jobs of kind "webhook": one POST to the tenant's URL. Any 2xx is a success; everything else, redirects included,
/// is a failed attempt with an error such as "HTTP 500". What is sent is what is true at the time of the attempt: where
/// the message was deleted or the webhook switched off meanwhile, nothing is sent and the job is done.
class Webhooks {
 public:
  static constexpr char const* kKind = "webhook";

  Webhooks(storage::ReadPool& reads, WebhookOptions options)
      : reads_(reads), options_(std::move(options)), client_(options_.cut_off) {}

  Result<void> run(model::Job const& job) const;

 private:
  struct Letter {
    std::string url;
    std::string secret;
    std::string body;
  };

  /// Empty where there is nothing to tell any more.
  Result<std::optional<Letter>> write(storage::Transaction& tx, model::Job const& job) const;

  storage::ReadPool& reads_;
  WebhookOptions const options_;
  outbound::HttpClient client_;
};

}  // namespace parlance::jobs
