#include "search/thread_table.h"

#include <algorithm>

#include "search/thread_lists.h"
#include "storage/verb.h"

namespace parlance::search {

std::optional<std::uint32_t> ThreadTable::slot_of(ConversationId conversation) const {
  auto const found = slots_.find(conversation);
  return found == slots_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t ThreadTable::tag_number(std::string tag) {
  auto const [entry, is_new] = tag_numbers_.try_emplace(tag, static_cast<std::uint32_t>(tags_.size()));
  if (is_new) tags_.push_back(std::move(tag));
  return entry->second;
}

void ThreadTable::take(storage::Row const& row) {
  auto const slot = static_cast<std::size_t>(row.integer(0));
  if (slot >= rows_.size()) rows_.resize(slot + 1);
  auto& thread = rows_[slot];
  thread.conversation = row.id<ConversationId>(1);
  auto const kind = row.as<model::ConversationKind>(2);
  thread.access = row.as<model::Access>(3);
  thread.is_listed = !row.flag(4) && (kind == model::ConversationKind::thread || row.flag(5));
  thread.is_secret = row.flag(6);
  thread.space = row.id<SpaceId>(7);
  thread.provider_space = row.id<SpaceId>(8);
  thread.author = row.integer(9);
  thread.created_at = row.integer(10);
  thread.active_at = row.integer(11);
  thread.is_resolved = row.flag(12);
  thread.chats = row.integer(13);
  thread.subject_digest = row.integer(14);
  thread.summary_digest = row.integer(15);
  thread.tags.clear();
  for (auto& tag : split_texts(row.text(16))) thread.tags.push_back(tag_number(std::move(tag)));
  thread.channels = split_numbers(row.text(17));
  thread.users = split_numbers(row.text(18));
  slots_[thread.conversation] = static_cast<std::uint32_t>(slot);
}

Result<void> ThreadTable::refresh(storage::Transaction& index, TenantId tenant, TableVersion const& version) {
  if (at_.epoch != version.epoch) *this = {};
  auto const after = at_.version;
  at_ = {};  // until all has been read
  TRY(
      index.each("SELECT slot, conversation_id, kind, access, is_removed, has_messages, is_secret, space_id,"
                 " provider_space_id, author_id, created_at, active_at, is_resolved, chats, subject_digest,"
                 " summary_digest, tags, channels, users FROM thread_documents WHERE tenant_id = $1 AND version > $2",
                 {tenant, after}, [&](storage::Row const& row) { take(row); }));
  at_ = version;
  return {};
}

std::shared_ptr<ThreadTables::Entry> ThreadTables::entry_of(TenantId tenant) {
  return state_.with([&](State& state) {
    auto& entry = state.entries[tenant];
    if (!entry) entry = std::make_shared<Entry>();
    entry->used = ++state.uses;
    evict(state, tenant);
    return entry;
  });
}

/// Whoever still reads an evicted table has it to the end.
void ThreadTables::evict(State& state, TenantId kept) {
  std::size_t total = 0;
  for (auto const& [tenant, entry] : state.entries) total += entry->size + 1;
  while (total > kMaxThreadsKept && state.entries.size() > 1) {
    auto const oldest = std::ranges::min_element(state.entries, {}, [&](auto const& entry) {
      return entry.first == kept ? state.uses + 1 : entry.second->used;
    });
    total -= oldest->second->size + 1;
    state.entries.erase(oldest);
  }
}

Result<TableVersion> ThreadTables::version_of(storage::Transaction& index, TenantId tenant) {
  auto const found =
      TRY(index.first("SELECT epoch, version FROM thread_tenants WHERE tenant_id = $1", {tenant},
                      [](storage::Row const& row) { return TableVersion{row.integer(0), row.integer(1)}; }));
  return found.value_or(TableVersion{});
}

Result<void> ThreadTables::unsettled() { return storage::busy("the search index is being built"); }

}  // namespace parlance::search
