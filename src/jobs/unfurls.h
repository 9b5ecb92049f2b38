#pragma once

#include <string>

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
/// job of its own. A page that cannot be fetched has no preview; it is not tried again.
class Unfurls {
 public:
  static constexpr char const* kKind = "unfurl";

  Unfurls(storage::WriteLanes& lanes, storage::ReadPool& reads, unfurl::FetchOptions options)
      : lanes_(lanes), reads_(reads), fetcher_(options) {}

  Result<void> run(model::Job const& job) const;

 private:
  storage::WriteLanes& lanes_;
  storage::ReadPool& reads_;
  unfurl::Fetcher const fetcher_;
};

/// The job's payload; empty where the message has no link.
std::string encode_unfurl(core::LinkSource const& source);

}  // namespace parlance::jobs
