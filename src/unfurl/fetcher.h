#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "outbound/http_client.h"
#include "unfurl/links.h"
#include "unfurl/page.h"

namespace parlance::unfurl {

/// Links of one message that are looked at.
inline constexpr std::size_t kMaxLinks = 3;

struct FetchOptions {
  outbound::Reach reach = outbound::Reach::public_only;
  std::chrono::milliseconds timeout{5'000};  ///< for all hops of one link together
  std::size_t max_page_bytes = 2 << 20;
  int max_redirects = 5;
};

/// Looks at pages on behalf of strangers: only where HttpClient lets it reach, only HTML, only so much and so long. It
/// sends no credential, cookie or address of the page that the link was found on. Blocking; any thread.
class Fetcher {
 public:
  /// Tests put their own client.
  explicit Fetcher(FetchOptions options = {}, outbound::HttpClient client = outbound::HttpClient())
      : options_(options), client_(std::move(client)) {}

  /// What the page behind the link says of itself. Errors as HttpClient's; not_found for a reply of another status than
  /// 2xx.
  Result<PageFacts> fetch(Link const& link) const;

  /// A JSON array `[{"url","title"?,"description"?,"imageUrl"?,"siteName"?}]` of the links in `text` that have
  /// something to show, in their order; empty where none has. What cannot be fetched is left out.
  std::string preview(std::string_view text) const;

 private:
  FetchOptions options_;
  outbound::HttpClient client_;
};

}  // namespace parlance::unfurl
