#pragma once

#include <stop_token>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "core/previews.h"
#include "model/job.h"
#include "storage/read_pool.h"
#include "storage/write_lane.h"
#include "unfurl/fetcher.h"

namespace parlance::jobs {

/// Jobs of kind "unfurl", payload {"message": id, "edited_at": time}: fetches the links of a message as it was then,
/// and attaches what the pages say. Nothing is changed where the message was edited or deleted meanwhile: an edit has a
/// job of its own. A page that cannot be fetched has no preview; it is not tried again, unless it was cut off.
class Unfurls {
 public:
  static constexpr char const* kKind = "unfurl";

  /// For `cut_off` see HttpClient.
  Unfurls(storage::WriteLanes& lanes, storage::ReadPool& reads, unfurl::FetchOptions options, std::stop_token cut_off)
      : lanes_(lanes), reads_(reads), cut_off_(std::move(cut_off)), fetcher_(options, outbound::HttpClient(cut_off_)) {}

  Result<void> run(model::Job const& job) const;

 private:
  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  std::stop_token const cut_off_;
  unfurl::Fetcher const fetcher_;
};

/// The job's payload; empty where the message has no link.
std::string encode_unfurl(core::LinkSource const& source);

}  // namespace parlance::jobs
