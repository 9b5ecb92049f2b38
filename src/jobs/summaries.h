#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "jobs/summarizer.h"
#include "model/job.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"

namespace parlance::jobs {

/// Jobs of kind core::kSummarizeJob, payload {"conversation": id}: makes a thread's subject, summary and tags of its
/// messages. Where a service is asked, what can be made here is there meanwhile: a subject and summary where there is
/// none, the #words as tags in any case. Any thread.
class Summaries {
 public:
  /// For `cut_off` see HttpClient.
  Summaries(storage::WriteLanes& lanes, storage::ReadPool& reads, RemoteSummarizer service, std::stop_token cut_off)
      : lanes_(lanes), reads_(reads), service_(std::move(service)), client_(std::move(cut_off)) {}

  /// Whether it calls another server.
  bool is_remote() const { return !service_.url.empty(); }

  Result<void> run(model::Job const& job) const;

 private:
  struct Material {
    model::Conversation thread;
    std::vector<std::string> texts;
  };

  static Result<Material> gather(storage::Transaction& tx, TenantId tenant, ConversationId id);
  Result<void> help_out(Material const& material) const;
  Result<core::ThreadTexts> make(std::vector<std::string> const& texts) const;
  Result<bool> keep(Material const& material, core::ThreadTexts const& texts, bool is_last_try) const;

  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  RemoteSummarizer const service_;
  outbound::HttpClient client_;
};

}  // namespace parlance::jobs
