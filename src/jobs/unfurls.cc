#include "jobs/unfurls.h"

#include "base/json.h"
#include "core/message_log.h"
#include "jobs/payload.h"
#include "unfurl/links.h"

namespace parlance::jobs {

std::string encode_unfurl(core::LinkSource const& source) {
  if (unfurl::find_links(source.text, 1).empty()) return {};
  JsonWriter out;
  out.begin_object().field("message", source.message.value).field("edited_at", source.edited_at).end_object();
  return out.take();
}

Result<void> Unfurls::run(model::Job const& job) const {
  auto const payload = TRY(Payload::parse(job.payload));
  MessageId const id{payload.integer("message")};
  auto const edited_at = payload.integer("edited_at");
  auto const message =
      TRY(reads_.run([&](storage::Transaction& tx) { return core::find_message(tx, job.tenant, id); }));
  if (!message || message->deleted_at != 0 || message->edited_at != edited_at) return {};
  auto const previews = fetcher_.preview(message->text);
  if (cut_off_.stop_requested()) return fail(Errc::unavailable, "cut off");
  if (previews.empty()) return {};
  TRY(lanes_.run(message->conversation.value, [&](storage::Transaction& tx) {
    return core::set_previews(tx, job.tenant, id, edited_at, previews);
  }));
  return {};
}

}  // namespace parlance::jobs
