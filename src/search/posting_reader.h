#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/posting_block.h"
#include "storage/transaction.h"

namespace parlance::search {

/// Reads thread_postings of one tenant.
class PostingReader {
 public:
  /// Called with the postings of a term in a block, ascending.
  using Visit = std::function<void(std::span<Posting const>)>;

  /// `slots` is how many the tenant has; `index` must outlive the reader.
  PostingReader(storage::Transaction& index, TenantId tenant, std::size_t slots)
      : index_(index), tenant_(tenant), slots_(slots) {}

  /// The postings of one term, or of several one after the other. `visit` sees slots below `slots` only.
  Result<void> read(std::string_view term, Visit const& visit);
  Result<void> read(std::vector<std::string> const& terms, Visit const& visit);

  /// Those of the terms that begin with `prefix` and go on; of at most `most` terms in each block, in alphabetical
  /// order.
  Result<void> read_longer(std::string_view prefix, std::int64_t most, Visit const& visit);

 private:
  Result<void> read_where(std::string_view condition, std::vector<storage::Param> const& values, Visit const& visit);

  storage::Transaction& index_;
  TenantId tenant_;
  std::size_t slots_;
};

}  // namespace parlance::search
