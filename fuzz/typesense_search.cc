#include <array>

#include "base/text.h"
#include "search/typesense/request.h"
#include "search/typesense/snippet.h"
#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace search = parlance::search;
namespace typesense = parlance::search::typesense;

/// The input's lines, each for one parameter, and the text to look at behind them.
struct Input {
  typesense::Parameters parameters;
  std::string_view text;
};

Input split(std::string_view bytes) {
  constexpr std::array<std::string_view, 8> kLines = {
      "q", "query_by", "prefix", "num_typos", "sort_by", "facet_by", "highlight_affix_num_tokens", "snippet_threshold"};
  Input input;
  for (auto const name : kLines) {
    auto const end = std::min(bytes.find('\n'), bytes.size());
    if (end > 0) input.parameters[std::string(name)] = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  input.text = bytes;
  return input;
}

/// The marks taken out of it, the piece is one of the text's own.
void check_snippet(std::string_view text, typesense::Snippet const& snippet) {
  require(parlance::is_utf8(snippet.text) && !snippet.matched_tokens.empty());
  std::string bare;
  std::size_t marks = 0;
  for (char const c : snippet.text) {
    if (c == '\x01') ++marks;
    if (c != '\x01' && c != '\x02') bare += c;
  }
  require(marks >= snippet.matched_tokens.size() && text.contains(bare));
  for (auto const& token : snippet.matched_tokens) require(snippet.text.contains('\x01' + token + '\x02'));
}

}  // namespace

// Parameters are a bounded query or an error that names one of them; a snippet of a text that matches is a piece of it
// with marks within.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  auto const [parameters, text] = split({reinterpret_cast<char const*>(data), size});
  auto const request = typesense::read_request(parameters);
  if (!request) {
    require(request.error().code == parlance::Errc::invalid_argument && parameters.contains(request.error().field));
    return 0;
  }
  auto const& query = request->query;
  require(query.limit <= typesense::kMaxPerPage && !query.fields.empty() && query.fields.size() <= 4);
  require(query.sort.size() <= 3 && !(query.matches_all && !query.terms.empty()));
  bool const is_markable = parlance::is_utf8(text) && text.find_first_of("\x01\x02") == std::string_view::npos;
  if (!is_markable) return 0;
  auto options = request->snippets;
  options.start_tag = '\x01';
  options.end_tag = '\x02';
  if (auto const snippet = typesense::make_snippet(text, query.terms.required, options)) check_snippet(text, *snippet);
  return 0;
}
