#include "search/thread_index.h"

#include "search/dictionary.h"
#include "search/indexer.h"
#include "search/store.h"
#include "storage/verb.h"

namespace parlance::search {

Result<void> ThreadIndex::be_current(storage::Transaction& log) {
  if (TRY(store_.is_current(log))) return {};
  if (store_.is_building()) return storage::busy("the search index is being built");
  return indexer_.wait_for_pass(patience_);
}

Result<std::vector<DictionaryTerm>> ThreadIndex::resolve(storage::Transaction& log, TenantId tenant,
                                                         TermPattern const& pattern) {
  TRY(be_current(log));
  std::vector<DictionaryTerm> terms;
  TRY(store_.read([&](storage::Transaction& index) -> Result<void> {
    terms = TRY(find_terms(index, tenant, pattern));
    return {};
  }));
  return terms;
}

}  // namespace parlance::search
