#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "search/query.h"
#include "search/tokenize.h"

namespace parlance::search {

/// The tokens with their places, and the conversation's own lexeme, as the text of a tsvector. PostgreSQL keeps the
/// places of the first 16,383 tokens, and of 256 occurrences of each.
std::string tsvector_of(std::vector<Token> const& tokens, ConversationId conversation);

/// The terms as the text of a tsquery; only in these conversations, where there are any.
std::string tsquery_of(Terms const& terms, std::span<ConversationId const> conversations);

/// The text of a bigint[].
std::string array_of(std::span<std::int64_t const> numbers);

/// The text of a text[] of tsvectors, which hold neither quotation marks nor backslashes.
std::string array_of(std::span<std::string const> vectors);

}  // namespace parlance::search
