#include "unfurl/page.h"

#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/text.h"
#include "outbound/url.h"

namespace parlance::unfurl {
namespace {

constexpr std::size_t kMaxTitleBytes = 300;
constexpr std::size_t kMaxDescriptionBytes = 1000;
constexpr std::size_t kMaxUrlBytes = 2048;

struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;

struct FreeText {
  void operator()(xmlChar* text) const { xmlFree(text); }
};

std::string taken(xmlChar* text) {
  std::unique_ptr<xmlChar, FreeText> const owner(text);
  return text == nullptr ? std::string() : std::string(reinterpret_cast<char const*>(text));
}

Document parse(std::string_view html, std::string const& charset) {
  static std::once_flag prepared;
  std::call_once(prepared, xmlInitParser);
  constexpr int kOptions = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
  auto const* const encoding = charset.empty() ? nullptr : charset.c_str();
  return Document(htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, encoding, kOptions));
}

/// The node that follows in the document's order. No recursion: a page may nest as deep as it likes.
xmlNode const* next_of(xmlNode const* node) {
  if (node->type == XML_ELEMENT_NODE && node->children != nullptr) return node->children;
  while (node != nullptr && node->next == nullptr) node = node->parent;
  return node == nullptr ? nullptr : node->next;
}

std::string attribute(xmlNode const* node, char const* name) {
  return taken(xmlGetNoNsProp(node, reinterpret_cast<xmlChar const*>(name)));
}

/// What the page says under each name, the first one of each.
using Sayings = std::map<std::string, std::string, std::less<>>;

void note_meta(Sayings& sayings, xmlNode const* node) {
  auto name = attribute(node, "property");
  if (name.empty()) name = attribute(node, "name");
  if (name.empty() || name.size() > 64) return;
  auto content = attribute(node, "content");
  if (!content.empty()) sayings.emplace(to_lower_ascii(name), std::move(content));
}

Sayings read_sayings(xmlDoc* document) {
  Sayings sayings;
  for (xmlNode const* node = xmlDocGetRootElement(document); node != nullptr; node = next_of(node)) {
    if (node->type != XML_ELEMENT_NODE) continue;
    std::string_view const name = reinterpret_cast<char const*>(node->name);
    if (name == "meta") note_meta(sayings, node);
    if (name == "title" && node->children != nullptr && node->children->type == XML_TEXT_NODE) {
      sayings.emplace("<title>", reinterpret_cast<char const*>(node->children->content));
    }
  }
  return sayings;
}

/// In one line, with single spaces, cut without splitting a character.
std::string tidy(std::string_view text, std::size_t most) {
  if (!is_utf8(text)) return {};
  std::string result;
  for (char const c : text) {
    bool const is_space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!is_space) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  auto const cut = truncate_utf8(result, most);
  return std::string(trim(cut));
}

std::string first_of(Sayings const& sayings, std::initializer_list<std::string_view> names, std::size_t most) {
  for (auto const name : names) {
    auto const found = sayings.find(name);
    if (found == sayings.end()) continue;
    if (auto text = tidy(found->second, most); !text.empty()) return text;
  }
  return {};
}

std::string absolute(std::string const& location, std::string_view url) {
  if (location.empty()) return {};
  auto const base = outbound::parse_url(url);
  if (!base) return {};
  auto const resolved = outbound::resolve_location(*base, location);
  return resolved ? resolved->to_string() : std::string();
}

}  // namespace

PageFacts read_page(std::string_view html, std::string_view charset, std::string_view url) {
  auto document = parse(html, std::string(charset));
  // An unknown charset leaves the page to say its own.
  if (!document && !charset.empty()) document = parse(html, {});
  if (!document) return {};
  auto const sayings = read_sayings(document.get());
  PageFacts facts;
  facts.title = first_of(sayings, {"og:title", "twitter:title", "<title>"}, kMaxTitleBytes);
  facts.description = first_of(sayings, {"og:description", "twitter:description", "description"}, kMaxDescriptionBytes);
  facts.site_name = first_of(sayings, {"og:site_name", "application-name"}, kMaxTitleBytes);
  auto const image = first_of(
      sayings, {"og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"}, kMaxUrlBytes);
  facts.image_url = absolute(image, url);
  return facts;
}

}  // namespace parlance::unfurl
