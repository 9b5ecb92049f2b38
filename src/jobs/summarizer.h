#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/thread_texts.h"
#include "outbound/http_client.h"

namespace parlance::jobs {

/// Makes a thread's subject, summary and tags of it alone: the opening sentence, the sentences that say the most, the
/// #words and the words that come up again and again. The same texts always give the same. `texts` are the messages
/// in their order, well-formed UTF-8. Any thread.
core::ThreadTexts summarize_locally(std::vector<std::string> const& texts);

/// An OpenAI-compatible service that does it in place of the above.
struct RemoteSummarizer {
  std::string url;    ///< its base, such as "http://127.0.0.1:11434/v1"; empty: there is none
  std::string key;    ///< sent as a bearer token, where not empty
  std::string model;  ///< as the service calls it
  std::chrono::milliseconds timeout{20'000};
};

/// Asks the service. Blocking. Its tags are added to the local ones' #words. Errors: as HttpClient; unavailable where
/// the answer is no such JSON.
Result<core::ThreadTexts> summarize_remotely(outbound::HttpClient const& client, RemoteSummarizer const& service,
                                             std::vector<std::string> const& texts);

/// The #words of texts, in lower case, each once, in their order; at most `most`.
std::vector<std::string> hash_words(std::vector<std::string> const& texts, std::size_t most);

}  // namespace parlance::jobs
