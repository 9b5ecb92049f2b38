#include "search/typesense/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.h"
#include "search/typesense/fields.h"
#include "search/typesense/filter.h"
#include "search/typesense/lists.h"
#include "search/typesense/query_fields.h"
#include "search/typesense/sort.h"
#include "search/typesense/words.h"

namespace parlance::search::typesense {
namespace {

constexpr std::array<std::string_view, 25> kNames = {
    "q",
    "query_by",
    "query_by_weights",
    "prefix",
    "num_typos",
    "infix",
    "filter_by",
    "sort_by",
    "page",
    "per_page",
    "limit_hits",
    "facet_by",
    "max_facet_values",
    "group_by",
    "group_limit",
    "include_fields",
    "exclude_fields",
    "highlight_fields",
    "highlight_full_fields",
    "highlight_affix_num_tokens",
    "highlight_start_tag",
    "highlight_end_tag",
    "snippet_threshold",
    "offset",
    "limit",
};

constexpr std::int64_t kDeepestPage = 1'000'000'000;
constexpr std::int64_t kMaxSnippetWords = 1000;
constexpr std::size_t kMaxTagBytes = 100;

/// The parameters with names for what is asked of them.
class Reader {
 public:
  explicit Reader(Parameters const& parameters) : parameters_(parameters) {}

  bool has(std::string_view name) const { return parameters_.contains(name); }

  std::string_view text(std::string_view name) const {
    auto const found = parameters_.find(name);
    return found == parameters_.end() ? std::string_view() : std::string_view(found->second);
  }

  Result<std::int64_t> number(std::string_view name, std::int64_t fallback, std::int64_t least,
                              std::int64_t most) const {
    return has(name) ? read_number(name, text(name), least, most) : fallback;
  }

  Result<std::size_t> size(std::string_view name, std::size_t fallback, std::int64_t most) const {
    return static_cast<std::size_t>(TRY(number(name, static_cast<std::int64_t>(fallback), 0, most)));
  }

  Result<std::string> tag(std::string_view name, std::string fallback) const {
    if (!has(name)) return fallback;
    if (text(name).size() > kMaxTagBytes)
      return invalid(std::string(name), fmt::format("at most {} bytes", kMaxTagBytes));
    return std::string(text(name));
  }

 private:
  Parameters const& parameters_;
};

Result<void> check_texts(Parameters const& parameters) {
  for (auto const& [name, text] : parameters) {
    if (name != "filter_by" && text.size() > kMaxParameterBytes)
      return invalid(name, fmt::format("at most {} bytes", kMaxParameterBytes));
    if (!is_utf8(text)) return invalid(name, "must be well-formed UTF-8");
  }
  return {};
}

Result<void> read_words(Reader const& reader, SearchRequest& request) {
  auto& query = request.query;
  query.fields = TRY(parse_query_fields({.query_by = reader.text("query_by"),
                                         .query_by_weights = reader.text("query_by_weights"),
                                         .prefix = reader.text("prefix"),
                                         .num_typos = reader.text("num_typos"),
                                         .infix = reader.text("infix")}));
  bool const goes_on = std::ranges::any_of(query.fields, &QueryField::is_prefix);
  request.q = reader.text("q");
  auto words = parse_words(request.q, goes_on ? LastWord::prefix : LastWord::whole);
  query.matches_all = words.matches_all;
  query.terms = std::move(words.terms);
  return {};
}

/// `page` and `per_page`, or `offset` and `limit` in their place; `limit_hits` is the end of what may be had.
Result<void> read_page(Reader const& reader, SearchRequest& request) {
  request.page = TRY(reader.number("page", 1, 1, kDeepestPage));
  auto const size_name = reader.has("limit") && !reader.has("per_page") ? "limit" : "per_page";
  request.per_page = TRY(reader.number(size_name, request.per_page, 0, kMaxPerPage));
  auto const most = TRY(reader.number("limit_hits", std::numeric_limits<std::int64_t>::max(), 1,
                                      std::numeric_limits<std::int64_t>::max()));
  auto const skipped =
      TRY(reader.number("offset", (request.page - 1) * request.per_page, 0, kDeepestPage * kMaxPerPage));
  request.query.offset = static_cast<std::size_t>(skipped);
  request.query.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(most - skipped, 0, request.per_page));
  return {};
}

Result<void> read_counting(Reader const& reader, ThreadQuery& query) {
  query.facets = TRY(parse_countable("facet_by", reader.text("facet_by")));
  query.max_facet_values = TRY(reader.size("max_facet_values", query.max_facet_values, kMaxFacetValues));
  query.group_by = TRY(parse_countable("group_by", reader.text("group_by")));
  if (query.group_by.size() > kMaxGroupFields)
    return invalid("group_by", fmt::format("at most {} fields", kMaxGroupFields));
  auto const limit = static_cast<std::int64_t>(query.group_limit);
  query.group_limit = static_cast<std::size_t>(TRY(reader.number("group_limit", limit, 1, kMaxGroupLimit)));
  return {};
}

Result<std::vector<TextField>> text_fields(Reader const& reader, std::string_view name) {
  std::vector<TextField> fields;
  auto const names = split_list(reader.text(name));
  if (names.size() == 1 && names.front() == "none") return fields;
  for (auto const part : names) {
    auto const field = find_text_field(part);
    if (!field) {
      auto const problem = find_field(part) == nullptr ? "unknown field {}" : "{} is not a field of words";
      return invalid(std::string(name), fmt::format(fmt::runtime(problem), part));
    }
    if (std::ranges::find(fields, *field) == fields.end()) fields.push_back(*field);
  }
  return fields;
}

Result<void> read_highlights(Reader const& reader, SearchRequest& request) {
  auto& snippets = request.snippets;
  snippets.affix_words = TRY(reader.size("highlight_affix_num_tokens", snippets.affix_words, kMaxSnippetWords));
  snippets.whole_words = TRY(reader.size("snippet_threshold", snippets.whole_words, kMaxSnippetWords));
  snippets.start_tag = TRY(reader.tag("highlight_start_tag", snippets.start_tag));
  snippets.end_tag = TRY(reader.tag("highlight_end_tag", snippets.end_tag));
  request.full_fields = TRY(text_fields(reader, "highlight_full_fields"));
  snippets.needs_whole = !request.full_fields.empty();
  request.highlight_fields = TRY(text_fields(reader, "highlight_fields"));
  if (!split_list(reader.text("highlight_fields")).empty()) return {};
  for (auto const& field : request.query.fields) request.highlight_fields.push_back(field.field);
  return {};
}

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (auto const name : split_list(text)) names.emplace_back(name);
  return names;
}

}  // namespace

std::span<std::string_view const> parameter_names() { return kNames; }

Result<SearchRequest> read_request(Parameters const& parameters) {
  TRY(check_texts(parameters));
  Reader const reader(parameters);
  SearchRequest request;
  TRY(read_words(reader, request));
  request.query.filter = TRY(parse_filter(reader.text("filter_by")));
  request.query.sort = TRY(parse_sort(reader.text("sort_by")));
  if (request.query.sort.empty() && !request.query.matches_all) request.query.sort = {SortKey{}};
  TRY(read_page(reader, request));
  TRY(read_counting(reader, request.query));
  TRY(read_highlights(reader, request));
  request.include_fields = names_in(reader.text("include_fields"));
  request.exclude_fields = names_in(reader.text("exclude_fields"));
  return request;
}

}  // namespace parlance::search::typesense
