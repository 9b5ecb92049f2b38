#include "core/thread_texts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "core/events.h"
#include "core/job_queue.h"
#include "core/limits.h"
#include "core/visible_threads.h"

namespace parlance::core {

namespace {

bool is_named_by_people(model::Conversation const& thread) {
  bool const is_derived = (thread.bits & model::kSubjectDerived) != 0;
  return thread.name.has_value() || (!thread.subject.empty() && !is_derived);
}

}  // namespace

Result<void> set_thread_texts(storage::Transaction& tx, model::Conversation const& thread, ThreadTexts const& texts) {
  auto const subject =
      is_named_by_people(thread) ? thread.subject : std::string(truncate_utf8(texts.subject, kMaxNameBytes));
  auto const summary = std::string(truncate_utf8(texts.summary, kMaxDescriptionBytes));
  TRY(tx.execute("DELETE FROM tags WHERE tenant_id = $1 AND conversation_id = $2", {thread.tenant, thread.id}));
  TRY(add_thread_tags(tx, thread, texts.tags));
  if (subject == thread.subject && summary == thread.summary) return {};
  auto const bits = is_named_by_people(thread) ? thread.bits : thread.bits | model::kSubjectDerived;
  TRY(tx.execute("UPDATE conversations SET subject = $3, summary = $4, bits = $5 WHERE tenant_id = $1 AND id = $2",
                 {thread.tenant, thread.id, subject, summary, bits}));
  if (subject == thread.subject) return {};
  model::LiveEvent live;
  live.event.tenant = thread.tenant;
  live.event.conversation = thread.id;
  live.event.kind = model::EventKind::conversation_updated;
  return record_event(tx, std::move(live));
}

Result<void> add_thread_tags(storage::Transaction& tx, model::Conversation const& thread,
                             std::vector<std::string> const& tags) {
  for (auto const& tag : tags) {
    TRY(
        tx.execute("INSERT INTO tags (tenant_id, conversation_id, tag, created_at) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT DO NOTHING",
                   {thread.tenant, thread.id, tag, tx.now()}));
  }
  return {};
}

Result<void> forget_thread_texts(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  // The number is that of the kind thread.
  auto const changed =
      TRY(tx.execute("UPDATE conversations SET summary = '', subject = CASE WHEN (bits & $3) <> 0 THEN '' ELSE subject"
                     " END WHERE tenant_id = $1 AND id = $2 AND kind = 5 AND (summary <> '' OR (bits & $3) <> 0)",
                     {tenant, id, std::int64_t{model::kSubjectDerived}}));
  if (changed == 0) return {};
  TRY(tx.execute("DELETE FROM tags WHERE tenant_id = $1 AND conversation_id = $2", {tenant, id}));
  return {};
}

Result<std::vector<TagCount>> list_tags(storage::Transaction& tx, Caller const& caller, std::int64_t limit) {
  static std::string const kSql = fmt::format(
      "SELECT t.tag, COUNT(*) FROM tags t WHERE t.tenant_id = $1 AND t.conversation_id IN (SELECT c.id{})"
      " GROUP BY t.tag ORDER BY COUNT(*) DESC, t.tag LIMIT ${}",
      from_visible_threads(), kFirstFreeParameter);
  auto params = visibility_params(caller);
  params.emplace_back(limit);
  return tx.all(kSql, params,
                [](storage::Row const& row) { return TagCount{std::string(row.text(0)), row.integer(1)}; });
}

Result<void> queue_summary(storage::Transaction& tx, TenantId tenant, ConversationId id, std::int64_t after_offset) {
  // The number is that of the kind thread; the kinds of events are those that change what is said.
  auto const due =
      TRY(tx.first("SELECT 1 FROM conversations c WHERE c.tenant_id = $1 AND c.id = $2 AND c.kind = 5 AND EXISTS"
                   " (SELECT 1 FROM events e WHERE e.tenant_id = $1 AND e.conversation_id = $2 AND e.position > $3"
                   " AND e.kind IN ($4, $5, $6))",
                   {tenant, id, after_offset, model::EventKind::message_added, model::EventKind::message_edited,
                    model::EventKind::message_deleted},
                   [](storage::Row const& row) { return row.flag(0); }));
  if (!due) return {};
  TRY(add_job(tx, tenant, kSummarizeJob, fmt::format(R"({{"conversation":{}}})", id.value), tx.now()));
  return {};
}

}  // namespace parlance::core
