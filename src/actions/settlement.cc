#include "actions/settlement.h"

#include <fmt/format.h>

#include <algorithm>

#include "actions/values.h"
#include "base/json.h"
#include "base/text.h"
#include "core/job_queue.h"
#include "core/message_code.h"
#include "core/messages.h"
#include "core/tenants.h"
#include "core/users.h"
#include "jobs/webhooks.h"

namespace parlance::actions {

namespace {

/// An error of a verb that means: run it again.
constexpr std::string_view kStale = "stale action";

Result<core::Caller> poster_of(storage::Transaction& tx, core::ActionRun const& run) {
  auto const user = TRY(core::get_user(tx, run.tenant, run.approved_by ? run.approved_by : run.requested_by));
  return core::Caller{
      .tenant = run.tenant, .user = user.id, .external_id = user.external_id, .role = user.role, .is_backend = false};
}

/// Whether trying again later could end differently.
bool is_final(Errc code) { return code != Errc::unavailable && code != Errc::internal; }

Result<void> claim_types(storage::Transaction& tx, TenantId tenant, Outcome const& outcome) {
  for (auto const& [name, type] : outcome.types) {
    auto const use = type.is_changed ? StampUse::changes : StampUse::reads;
    if (!TRY(claim_stamp(tx, tenant, name, type.stamp, use, type.last_id))) {
      return fail(Errc::conflict, std::string(kStale));
    }
  }
  return {};
}

std::string_view event_name(Operation operation) {
  switch (operation) {
    case Operation::create: return jobs::kObjectCreated;
    case Operation::update: return jobs::kObjectUpdated;
    case Operation::remove: return jobs::kObjectDeleted;
    case Operation::post: return "";
  }
  return "";
}

Result<void> queue_webhook(storage::Transaction& tx, core::ActionRun const& run, core::Caller const& actor,
                           model::WebhookSettings const& settings, Step const& step) {
  auto const event = event_name(step.operation);
  if (!jobs::wants(settings, event)) return {};
  JsonWriter out;
  out.begin_object().field("event", event).field("tenant_id", "tenant_" + to_base36(run.tenant.value));
  out.field("thread_id", run.conversation.value).field("message_id", run.message.value);
  out.field("actor_id", actor.external_id).field("created_at", format_rfc3339(tx.now()));
  out.key("object").begin_object().field("type", step.type).field("id", step.id);
  out.field_raw("fields", canonical_json(step.all_fields)).end_object().end_object();
  TRY(core::add_job(tx, run.tenant, jobs::Webhooks::kKind, jobs::encode_webhook(event, out.text()), tx.now()));
  return {};
}

Result<void> apply(storage::Transaction& tx, core::ActionRun const& run, core::Caller const& actor, Step& step) {
  Object const object{step.type, step.id, step.all_fields};
  switch (step.operation) {
    case Operation::create: return insert_object(tx, run.tenant, object, actor.user);
    case Operation::update: return change_object(tx, run.tenant, object);
    case Operation::remove: return delete_object(tx, run.tenant, step.type, step.id);
    case Operation::post: break;
  }
  core::NewMessage message{.conversation = run.conversation};
  message.text = std::string(step.fields.at("text").get_string());
  step.id = TRY(core::send_message(tx, actor, message)).message.id.value;
  return {};
}

/// Everything but the look at the run's state.
Result<void> do_all(storage::Transaction& tx, core::ActionRun const& run, Outcome outcome) {
  TRY(claim_types(tx, run.tenant, outcome));
  auto const actor = TRY(poster_of(tx, run));
  auto const webhook = TRY(core::get_tenant(tx, run.tenant)).settings.webhook;
  for (auto& step : outcome.steps) {
    TRY(apply(tx, run, actor, step));
    if (step.operation != Operation::post) TRY(queue_webhook(tx, run, actor, webhook, step));
  }
  auto const items = "[" + items_text(outcome.steps, core::RunMode::write) + "]";
  TRY(core::send_result(tx, actor, run.conversation, {core::RunMode::write, items}));
  return core::settle_run(tx, run, core::RunState::done, result_json(outcome, core::RunMode::write));
}

}  // namespace

Result<Settlement> settle_write(storage::Transaction& tx, core::ActionRun const& run, Outcome const& outcome) {
  auto const current = TRY(core::lock_run(tx, run.tenant, run.id));
  if (!current || current->state != core::RunState::pending) return Settlement{};
  if (!TRY(core::find_code(tx, run))) {
    return Settlement{SettlementState::refused, "its code was edited or deleted"};
  }
  auto const done = tx.attempt([&] { return do_all(tx, run, outcome); });
  if (done) return Settlement{};
  auto const& error = done.error();
  if (error.message == kStale || storage::is_unique_violation(error)) return Settlement{SettlementState::stale, {}};
  if (!is_final(error.code)) return std::unexpected(error);
  return Settlement{SettlementState::refused, error.message};
}

Result<void> tell_failure(storage::Transaction& tx, core::ActionRun const& run, std::string_view why) {
  // A fence in it would be a new program.
  std::string reason(why);
  std::ranges::replace(reason, '`', '\'');
  auto const* what = run.mode == core::RunMode::preview ? "The action failed in its preview" : "The action failed";
  auto const told = tx.attempt([&]() -> Result<void> {
    auto const poster = TRY(poster_of(tx, run));
    core::NewMessage message{.conversation = run.conversation};
    message.text = fmt::format("{}: {}.", what, reason);
    TRY(core::send_message(tx, poster, message));
    return {};
  });
  if (!told && !is_final(told.error().code)) return told;
  return {};
}

}  // namespace parlance::actions
