#pragma once

#include <string>

#include "base/clock.h"
#include "dialects/structchat/thread_search.h"

namespace parlance::structchat {

/// What POST /v1/search answers, in Typesense's shape:
/// https://typesense.org/docs/0.25.0/api/search.html#sample-response. The search `took` so many microseconds.
std::string search_reply(search::typesense::SearchRequest const& request, SearchFindings const& found, Timestamp took);

/// What POST /v1/feed/search answers: {data: [threads with their newest chats and highlights], ok}.
std::string feed_search_reply(SearchFindings const& found);

}  // namespace parlance::structchat
