#pragma once

#include <boost/describe.hpp>

#include "base/result.h"
#include "dialects/structchat/wire.h"
#include "http/request.h"
#include "search/typesense/request.h"

namespace parlance::structchat {

/// What a search takes. Numbers and flags may also be written as texts and the other way round; lists of texts stand
/// for texts with commas.
struct SearchBody {
  Json q;
  Json query_by;
  Json query_by_weights;
  Json prefix;
  Json num_typos;
  Json infix;
  Json filter_by;
  Json sort_by;
  Json page;
  Json per_page;
  Json limit_hits;
  Json facet_by;
  Json max_facet_values;
  Json group_by;
  Json group_limit;
  Json include_fields;
  Json exclude_fields;
  Json highlight_fields;
  Json highlight_full_fields;
  Json highlight_affix_num_tokens;
  Json highlight_start_tag;
  Json highlight_end_tag;
  Json snippet_threshold;
  Json offset;
  Json limit;
};
BOOST_DESCRIBE_STRUCT(SearchBody, (),
                      (q, query_by, query_by_weights, prefix, num_typos, infix, filter_by, sort_by, page, per_page,
                       limit_hits, facet_by, max_facet_values, group_by, group_limit, include_fields, exclude_fields,
                       highlight_fields, highlight_full_fields, highlight_affix_num_tokens, highlight_start_tag,
                       highlight_end_tag, snippet_threshold, offset, limit))

/// The parameters of a search: those of the body, and where it lacks one, of the address. invalid_argument on a
/// parameter that is no text, number, flag or list of these.
Result<search::typesense::Parameters> search_parameters_of(http::Request const& request);

/// What an id in a filter stands for: -1, which nothing has, where it is none of that field's.
std::int64_t search_id_of(search::Column column, std::string_view text);

/// A value that the index has counted or grouped by, as the contract spells it.
std::string spell_search_value(search::Column column, std::string const& value);

}  // namespace parlance::structchat
