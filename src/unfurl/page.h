#pragma once

#include <string>
#include <string_view>

namespace parlance::unfurl {

/// What a page says of itself. Every text is well-formed UTF-8 in one line, and cut to a length that a preview shows;
/// empty where the page says nothing.
struct PageFacts {
  std::string title;
  std::string description;
  std::string image_url;  ///< absolute, http or https
  std::string site_name;

  /// Nothing to show.
  bool empty() const { return title.empty() && description.empty() && image_url.empty(); }
};

/// Reads HTML, broken as it may be: Open Graph first, then Twitter cards, then the title and the description. Loads
/// nothing and expands no entity but HTML's own. `charset` is what the reply's header said, or empty; `url` is where
/// the page lies. Any thread.
PageFacts read_page(std::string_view html, std::string_view charset, std::string_view url);

}  // namespace parlance::unfurl
