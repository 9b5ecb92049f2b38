#pragma once

#include <span>
#include <string>

#include "base/ids.h"
#include "search/query.h"

namespace parlance::search {

/// A filter for the column `scope` of FTS5: any of the conversations, or the whole tenant.
std::string fts5_scope(std::span<ConversationId const> conversations);
std::string fts5_scope(TenantId tenant);

/// The terms for the column `body`, and `scope`, in FTS5's query language: https://www.sqlite.org/fts5.html section 3.
/// Every token is quoted, and holds no quote (tokenize.h).
std::string fts5_query(Terms const& terms, std::string_view scope);

}  // namespace parlance::search
