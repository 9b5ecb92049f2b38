#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/posting_block.h"
#include "storage/transaction.h"

namespace parlance::search {

/// What becomes different in one posting.
struct PostingDelta {
  std::string_view term;
  std::uint32_t slot = 0;
  std::int32_t chats = 0;  ///< more of its messages hold the term, or fewer
  FieldBits gained = 0;
  FieldBits lost = 0;
};

/// Brings thread_postings, thread_terms and thread_trigrams up to date. Any order; several deltas of one posting add
/// up.
Result<void> write_postings(storage::Transaction& index, TenantId tenant, std::vector<PostingDelta> deltas);

}  // namespace parlance::search
