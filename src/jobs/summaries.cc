#include "jobs/summaries.h"

#include <utility>

#include "core/conversations.h"
#include "core/locks.h"
#include "core/message_log.h"
#include "jobs/payload.h"

namespace parlance::jobs {
namespace {

/// Messages that are looked at: the first ones, which say what it is about, and the newest.
constexpr std::int64_t kFirstMessages = 20;
constexpr std::int64_t kNewestMessages = 180;

/// How often what has changed meanwhile is read again before it is left to the next job.
constexpr int kTries = 5;

constexpr std::size_t kMostHashWords = 20;

void add_texts(std::vector<std::string>& texts, std::vector<model::Message>& messages, std::int64_t& last_seq) {
  for (auto& message : messages) {
    if (message.seq <= last_seq) continue;
    last_seq = message.seq;
    if (!message.text.empty()) texts.push_back(std::move(message.text));
  }
}

}  // namespace

Result<Summaries::Material> Summaries::gather(storage::Transaction& tx, TenantId tenant, ConversationId id) {
  auto thread = TRY(core::find_conversation(tx, tenant, id));
  if (!thread) return fail(Errc::not_found, "no such thread");
  core::Encounter const encounter{.conversation = *thread};
  auto first = TRY(core::read_messages(tx, encounter, {.after_seq = 0, .limit = kFirstMessages}));
  auto newest = TRY(core::read_messages(tx, encounter, {.limit = kNewestMessages}));
  Material material{.thread = *std::move(thread)};
  std::int64_t last_seq = 0;
  add_texts(material.texts, first, last_seq);
  add_texts(material.texts, newest, last_seq);
  return material;
}

Result<core::ThreadTexts> Summaries::make(std::vector<std::string> const& texts) const {
  if (!is_remote() || texts.empty()) return summarize_locally(texts);
  return summarize_remotely(client_, service_, texts);
}

/// False where messages have come or changed since they were read, and there are tries left.
Result<bool> Summaries::keep(Material const& material, core::ThreadTexts const& texts, bool is_last_try) const {
  auto const& thread = material.thread;
  return lanes_.run(thread.id.value, [&](storage::Transaction& tx) -> Result<bool> {
    TRY(core::lock_conversation(tx, thread.tenant, thread.id));
    auto const now = TRY(core::find_conversation(tx, thread.tenant, thread.id));
    if (!now) return true;
    if (!is_last_try && now->last_offset != thread.last_offset) return false;
    TRY(core::set_thread_texts(tx, *now, texts));
    return true;
  });
}

/// While the service thinks, and for as long as it does not answer.
Result<void> Summaries::help_out(Material const& material) const {
  auto const& thread = material.thread;
  if (thread.subject.empty()) {
    TRY(keep(material, summarize_locally(material.texts), true));
    return {};
  }
  return lanes_.run(thread.id.value, [&](storage::Transaction& tx) {
    return core::add_thread_tags(tx, thread, hash_words(material.texts, kMostHashWords));
  });
}

Result<void> Summaries::run(model::Job const& job) const {
  ConversationId const id{TRY(Payload::parse(job.payload)).integer("conversation")};
  for (int attempt = 1; attempt <= kTries; ++attempt) {
    auto const material = reads_.run([&](storage::Transaction& tx) { return gather(tx, job.tenant, id); });
    if (!material && material.error().code == Errc::not_found) return {};
    if (!material) return std::unexpected(material.error());
    if (is_remote()) TRY(help_out(*material));
    auto const texts = TRY(make(material->texts));
    bool const is_last_try = attempt == kTries || is_remote();
    if (TRY(keep(*material, texts, is_last_try))) return {};
  }
  return {};
}

}  // namespace parlance::jobs
