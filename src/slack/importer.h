#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/imports.h"
#include "slack/export.h"
#include "slack/mode.h"
#include "slack/people.h"
#include "storage/write_lane.h"

namespace parlance::slack {

/// What an import has done, or would do.
struct Counts {
  std::int64_t users = 0;
  std::int64_t conversations = 0;  ///< channels, groups and direct messages
  std::int64_t threads = 0;
  std::int64_t messages = 0;
  std::int64_t reactions = 0;
  std::int64_t files = 0;                           ///< named in the new messages
  std::int64_t changed = 0;                         ///< messages and conversations that were here and got something new
  std::int64_t already_here = 0;                    ///< messages that were here and stay as they are
  std::map<std::string, std::int64_t> passed_over;  ///< entries that nobody has said, by subtype
};

/// How far it has come: told after every day and every conversation.
struct Standing {
  std::string_view conversation;  ///< its folder
  std::int64_t done_bytes = 0;    ///< of Export::day_bytes()
  std::int64_t total_bytes = 0;
  bool is_conversation_done = false;
  Counts const* counts = nullptr;
};

/// Brings an export into a tenant:
///   a channel becomes a channel, a private one a hidden channel; what was said in it threads in that channel, each
///     with its answers; direct messages become conversations of their two or more members, answers refer there to what
///     they answer;
///   ids are `slack-<user>` for users (external ids) and `slack-<channel>` and `slack-<channel>-<ts>` (xids).
/// Commits a few hundred messages at a time. Whatever is here already is found by its id, so that a run that was
/// interrupted, or comes with a later export, adds what is missing. One thread, never a lane's.
class Importer {
 public:
  using Observer = std::function<void(Standing const&)>;

  Importer(storage::WriteLanes& lanes, TenantId tenant, Export const& source, Mode mode, Observer observer)
      : lanes_(lanes),
        tenant_(tenant),
        source_(source),
        mode_(mode),
        observer_(std::move(observer)),
        people_(lanes, tenant, mode) {}

  /// Everything. After a failure `counts` tell what is in.
  Result<void> run();

  Counts const& counts() const { return counts_; }

 private:
  struct Target {
    Channel const* channel = nullptr;
    ConversationId id;  ///< none while a dry run has nothing to put messages in
  };
  using Batch = std::vector<Message>;

  Result<void> import_users();
  Result<Target> put_channel(Channel const& channel);
  Result<void> import_channel(Channel const& channel);
  Result<void> import_day(Target const& target, ZipEntry const& day);
  Result<void> import_batch(Target const& target, Batch const& batch);
  Result<Counts> put_batch(storage::Transaction& tx, Target const& target, Batch const& batch) const;
  Result<ConversationId> place_of(storage::Transaction& tx, Target const& target, Message const& message,
                                  Counts& counts) const;
  Result<void> put_message(storage::Transaction& tx, Target const& target, ConversationId place, Message const& message,
                           Counts& counts) const;
  Result<MessageId> answered_in(storage::Transaction& tx, Target const& target, Message const& message) const;
  Result<Counts> look_at_batch(storage::Transaction& tx, Target const& target, Batch const& batch) const;
  core::ImportedMessage imported(Message const& message) const;
  void add(Counts const& counts);
  void tell(Channel const& channel, bool is_done) const;

  storage::WriteLanes& lanes_;
  TenantId const tenant_;
  Export const& source_;
  Mode const mode_;
  Observer const observer_;
  People people_;
  Counts counts_;
  std::int64_t done_bytes_ = 0;
};

}  // namespace parlance::slack
