#include "actions/journal.h"

#include <fmt/format.h>

#include <algorithm>

#include "actions/values.h"
#include "core/checks.h"
#include "core/code_blocks.h"
#include "core/limits.h"

namespace parlance::actions {

namespace {

constexpr std::int64_t kObjectsPerRead = 500;

/// How many objects a query may look at.
constexpr std::size_t kMaxScanned = 10'000;

bool has_all(boost::json::object const& fields, boost::json::object const& wanted) {
  return std::ranges::all_of(wanted, [&](boost::json::key_value_pair const& member) {
    auto const* found = fields.if_contains(member.key());
    return found ? canonical_json(*found) == canonical_json(member.value()) : member.value().is_null();
  });
}

}  // namespace

Journal::Journal(storage::ReadPool& reads, Surroundings surroundings, Limits const& limits)
    : reads_(reads), surroundings_(std::move(surroundings)), limits_(limits) {}

Result<Journal::Type*> Journal::look_at(std::string_view type) {
  TRY(check_type(type));
  if (auto const found = types_.find(type); found != types_.end()) return &found->second;
  auto const stamp =
      TRY(reads_.run([&](storage::Transaction& tx) { return read_stamp(tx, surroundings_.tenant, type); }));
  return &types_.emplace(type, Type{.stamp = stamp, .last_id = stamp.last_id}).first->second;
}

bool Journal::needs_approval(std::string_view type) const {
  auto const& policy = surroundings_.policy;
  return policy.approve_all || std::ranges::find(policy.approve_types, type) != policy.approve_types.end();
}

bool Journal::is_new(Key const& key) const {
  auto const draft = drafts_.find(key);
  return draft != drafts_.end() && draft->second.is_new;
}

Result<void> Journal::check_room(boost::json::object const& fields) {
  auto const size = canonical_json(fields).size();
  if (size > limits_.fields_bytes) return invalid("fields", "the fields of an object are too long");
  return {};
}

Result<void> Journal::note(Step step) {
  items_bytes_ += canonical_json(step.fields).size() + 200;
  if (items_bytes_ > limits_.items_bytes) return invalid("fields", "one run cannot write that much");
  auto const writes = steps_.size() - posts_;
  if (step.operation == Operation::post) {
    if (posts_ == limits_.posts) return invalid("text", fmt::format("a run posts at most {} messages", limits_.posts));
    ++posts_;
  } else if (writes == limits_.writes) {
    return invalid("fields", fmt::format("a run writes at most {} objects", limits_.writes));
  }
  steps_.push_back(std::move(step));
  return {};
}

Result<Object> Journal::create(std::string_view type, boost::json::object fields) {
  auto* const seen = TRY(look_at(type));
  TRY(check_room(fields));
  Object object{std::string(type), seen->last_id + 1, std::move(fields)};
  TRY(note({.operation = Operation::create,
            .type = object.type,
            .id = object.id,
            .is_new = true,
            .needs_approval = needs_approval(type),
            .fields = object.fields,
            .all_fields = object.fields}));
  seen->last_id = object.id;
  seen->is_changed = true;
  drafts_[{object.type, object.id}] = {object, true};
  return object;
}

Result<Object> Journal::must_get(std::string_view type, std::int64_t id) {
  auto found = TRY(get(type, id));
  if (!found) return fail(Errc::not_found, fmt::format("there is no {} {}", type, id));
  return *std::move(found);
}

Result<Object> Journal::update(std::string_view type, std::int64_t id, boost::json::object fields) {
  auto object = TRY(must_get(type, id));
  for (auto const& member : fields) object.fields[member.key()] = member.value();
  TRY(check_room(object.fields));
  Key const key{object.type, id};
  TRY(note({.operation = Operation::update,
            .type = object.type,
            .id = id,
            .is_new = is_new(key),
            .needs_approval = needs_approval(type),
            .fields = std::move(fields),
            .all_fields = object.fields}));
  types_.find(type)->second.is_changed = true;
  drafts_[key] = {object, is_new(key)};
  return object;
}

Result<void> Journal::remove(std::string_view type, std::int64_t id) {
  auto const object = TRY(must_get(type, id));
  Key const key{object.type, id};
  TRY(note({.operation = Operation::remove,
            .type = object.type,
            .id = id,
            .is_new = is_new(key),
            .needs_approval = needs_approval(type),
            .fields = {},
            .all_fields = object.fields}));
  types_.find(type)->second.is_changed = true;
  drafts_[key] = {std::nullopt, is_new(key)};
  return {};
}

Result<std::optional<Object>> Journal::get(std::string_view type, std::int64_t id) {
  TRY(look_at(type));
  if (auto const draft = drafts_.find({std::string(type), id}); draft != drafts_.end()) return draft->second.object;
  return reads_.run([&](storage::Transaction& tx) { return read_object(tx, surroundings_.tenant, type, id); });
}

Result<std::vector<Object>> Journal::query(std::string_view type, boost::json::object const& wanted,
                                           std::size_t limit) {
  TRY(look_at(type));
  std::vector<Object> found;
  std::size_t scanned = 0;
  for (std::int64_t after = 0; found.size() < limit;) {
    auto page = TRY(reads_.run([&](storage::Transaction& tx) {
      return read_objects(tx, surroundings_.tenant, type, after, kObjectsPerRead);
    }));
    if (page.empty()) break;
    after = page.back().id;
    scanned += page.size();
    if (scanned > kMaxScanned) return invalid("filter", "there are too many objects to look through");
    for (auto& object : page) {
      bool const is_drafted = drafts_.contains({object.type, object.id});
      if (!is_drafted && has_all(object.fields, wanted)) found.push_back(std::move(object));
    }
  }
  for (auto const& [key, draft] : drafts_) {
    if (key.first == type && draft.object && has_all(draft.object->fields, wanted)) found.push_back(*draft.object);
  }
  std::ranges::sort(found, {}, &Object::id);
  if (found.size() > limit) found.resize(limit);
  return found;
}

Result<void> Journal::post(std::string_view text) {
  TRY(core::check_text(text, "text", 1, core::kMaxTextBytes));
  if (!core::find_code_blocks(text).empty()) return invalid("text", "a program cannot post code blocks");
  Step step{.operation = Operation::post, .type = "message"};
  step.fields["text"] = text;
  return note(std::move(step));
}

}  // namespace parlance::actions
