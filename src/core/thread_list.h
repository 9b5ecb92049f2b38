#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/caller.h"
#include "core/permissions.h"
#include "core/threads.h"
#include "core/visible_threads.h"
#include "storage/transaction.h"

namespace parlance::core {

/// One statement over the threads that a caller may read and a filter lets through, while it is being put together.
/// Values only go in as parameters; `caller` and `filter` must outlive it.
class ThreadList {
 public:
  /// Orders by activity. The minute comes first since there is an index on it: a page of the newest reads no more than
  /// it shows, however many threads there are.
  static constexpr std::string_view kNewestFirst =
      "c.active_minute DESC, CASE WHEN c.last_message_at > c.updated_at THEN c.last_message_at ELSE c.updated_at END"
      " DESC, c.id DESC";

  /// What the statement looks through: all threads, or such as its end names.
  enum class Reach { all, named };
  ThreadList(Caller const& caller, ThreadFilter const& filter, Reach reach = Reach::all);

  /// Adds a parameter; returns how the statement names it ("$7").
  std::string add(storage::Param value);
  /// The same of a list, for behind IN.
  std::string add_list(std::vector<ConversationId> const& ids) { return add_ids(ids); }

  /// Further conditions, order and limits.
  void finish(std::string_view end) { sql_ += end; }

  Result<std::vector<Encounter>> read(storage::Transaction& tx) const;

 private:
  template <typename Ids>
  std::string add_ids(Ids const& ids);

  std::string sql_;
  std::vector<storage::Param> params_;
};

}  // namespace parlance::core
