#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "search/arrays.h"
#include "search/query.h"
#include "search/tokenize.h"

namespace parlance::search {

/// The tokens with their places, and the conversation's own lexeme, as the text of a tsvector. PostgreSQL keeps the
/// places of the first 16,383 tokens, and of 256 occurrences of each.
std::string tsvector_of(std::vector<Token> const& tokens, ConversationId conversation);

/// The texts of a thread, joined as tokens, as the text of a tsvector: the subject has the weight A, the summary B, the
/// tags C. No phrase reaches from one into another.
std::string tsvector_of(std::string_view subject, std::string_view summary, std::string_view tags);

/// The term as the text of a tsquery for one of these weights.
std::string tsquery_of(Term const& term, char weight);

/// The terms as the text of a tsquery; only in these conversations, where there are any.
std::string tsquery_of(Terms const& terms, std::span<ConversationId const> conversations);

}  // namespace parlance::search
