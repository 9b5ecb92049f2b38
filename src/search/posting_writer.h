#pragma once

#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/posting_deltas.h"
#include "storage/transaction.h"

namespace parlance::search {

/// Brings thread_postings, thread_terms and thread_trigrams up to date. Any order.
Result<void> write_postings(storage::Transaction& index, TenantId tenant, std::vector<PostingDelta> deltas);

}  // namespace parlance::search
