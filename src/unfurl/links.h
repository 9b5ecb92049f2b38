#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::unfurl {

/// A link in a text.
struct Link {
  std::string shown;  ///< as it stands there
  std::string url;    ///< the same with everything outside ASCII percent-encoded: what is fetched
};

/// The first `limit` different http and https links of a text, in their order. A link ends at white space, quotes,
/// angle brackets and the like; punctuation that closes the sentence and brackets that were opened before it are not of
/// it. What outbound/url.h would not take is no link. `text` is well-formed UTF-8. Any thread.
std::vector<Link> find_links(std::string_view text, std::size_t limit);

}  // namespace parlance::unfurl
