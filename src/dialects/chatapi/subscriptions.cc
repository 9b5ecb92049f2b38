#include "dialects/chatapi/subscriptions.h"

#include "api/await.h"
#include "api/identity.h"
#include "api/spelling.h"
#include "core/subscriptions.h"
#include "dialects/chatapi/wire.h"

namespace parlance::chatapi {

Task<Result<http::Response>> subscribe(api::Services& services, http::Request& request) {
  auto const body = CO_TRY(read_body<NewSubscription>(request));
  auto const& caller = api::caller_of(request);
  auto const verb = [&](storage::Transaction& tx) { return core::subscribe(tx, caller, body.topic); };
  co_return co_await api::perform(
      services, request, caller.tenant.value, verb, [&](model::TopicSubscription const& subscription) {
        return http::Response::json(201, http::encode_json(subscriber_of(subscription, caller.external_id)));
      });
}

Task<Result<http::Response>> list_subscriptions(api::Services& services, http::Request& request) {
  auto const& caller = api::caller_of(request);
  auto const found = CO_TRY(co_await api::read(
      services, request.executor(), [&](storage::Transaction& tx) { return core::list_subscriptions(tx, caller); }));
  SubscriptionList list;
  for (auto const& item : found) list.subscriptions.push_back(subscriber_of(item, caller.external_id));
  co_return http::Response::json(200, http::encode_json(list));
}

Task<Result<http::Response>> unsubscribe(api::Services& services, http::Request& request) {
  auto const id = api::parse_decimal(request.path_parameter("subscription_id"));
  if (!id) co_return fail(Errc::not_found, "no such subscription");
  auto const& caller = api::caller_of(request);
  CO_TRY(co_await api::write(services, request.executor(), caller.tenant.value,
                             [&](storage::Transaction& tx) { return core::unsubscribe(tx, caller, *id); }));
  co_return http::Response::empty();
}

}  // namespace parlance::chatapi
