#include "actions/outcome.h"

#include <algorithm>

#include "actions/values.h"
#include "base/crypto.h"
#include "base/json.h"

namespace parlance::actions {

bool Outcome::needs_approval() const { return std::ranges::any_of(steps, &Step::needs_approval); }

std::string_view operation_name(Operation operation) {
  switch (operation) {
    case Operation::create: return "create";
    case Operation::update: return "update";
    case Operation::remove: return "delete";
    case Operation::post: return "post";
  }
  return "";
}

std::string items_text(std::vector<Step> const& steps, core::RunMode mode) {
  JsonWriter out;
  std::int64_t position = 0;
  for (auto const& step : steps) {
    bool const is_preview = mode == core::RunMode::preview;
    out.begin_object().field("type", "preview").field("needs_approval", is_preview && step.needs_approval);
    out.field("id", ++position).field("object_type", step.type).field("operation", operation_name(step.operation));
    if (step.id == 0 || (is_preview && step.is_new)) {
      out.field_null("object_id");
    } else {
      out.field("object_id", step.id);
    }
    out.field_raw("fields", canonical_json(step.fields)).end_object();
  }
  return out.take();
}

std::string plan_of(std::vector<Step> const& steps) {
  auto plan = steps;
  for (auto& step : plan) {
    step.needs_approval = false;
    if (step.operation == Operation::post) step.id = 0;
  }
  return to_hex(sha256(items_text(plan, core::RunMode::preview)));
}

std::string result_json(Outcome const& outcome, core::RunMode mode) {
  JsonWriter out;
  out.begin_object().field("plan", plan_of(outcome.steps));
  out.field_raw("items", "[" + items_text(outcome.steps, mode) + "]");
  if (outcome.ending.is_done()) {
    out.field_null("error");
  } else {
    out.field("error", outcome.ending.error);
  }
  return out.field("log", outcome.ending.log).end_object().take();
}

std::string plan_in(std::string_view result) {
  auto const parsed = parse_json(result);
  if (!parsed || !parsed->is_object()) return {};
  auto const* plan = parsed->get_object().if_contains("plan");
  return plan && plan->is_string() ? std::string(plan->get_string()) : std::string();
}

}  // namespace parlance::actions
