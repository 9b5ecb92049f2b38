#include "dialects/structchat/search_reply.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <span>

#include "dialects/structchat/search_parameters.h"
#include "search/typesense/fields.h"
#include "search/typesense/lists.h"

namespace parlance::structchat {
namespace {

using search::typesense::SearchRequest;

/// Which members of a document are wanted.
class Selection {
 public:
  explicit Selection(SearchRequest const& request)
      : include_(request.include_fields), exclude_(request.exclude_fields) {}

  bool is_everything() const { return include_.empty() && exclude_.empty(); }
  bool has(std::string_view name) const {
    bool const is_in = include_.empty() || std::ranges::find(include_, name) != include_.end();
    return is_in && std::ranges::find(exclude_, name) == exclude_.end();
  }

 private:
  std::vector<std::string> const& include_;
  std::vector<std::string> const& exclude_;
};

/// The thread as feeds have it, without its chats.
void write_document(JsonWriter& out, FeedThread const& thread, Selection const& selection) {
  if (selection.is_everything()) {
    write_feed_thread(out, thread, {.has_chats = false});
    return;
  }
  JsonWriter whole;
  write_feed_thread(whole, thread, {.has_chats = false});
  auto const document = parse_json(whole.text());
  out.begin_object();
  for (auto const& [name, value] : document->as_object())
    if (selection.has(name)) out.field_raw(name, boost::json::serialize(value));
  out.end_object();
}

void write_facet(JsonWriter& out, search::Facet const& facet) {
  out.begin_object().key("counts").begin_array();
  for (auto const& [value, count] : facet.counts) {
    auto const text = spell_search_value(facet.column, value);
    out.begin_object().field("count", count).field("highlighted", text).field("value", text).end_object();
  }
  out.end_array().field("field_name", search::typesense::field_of(facet.column).name);
  out.key("stats").begin_object().field("total_values", facet.distinct_count).end_object().end_object();
}

/// Writes hits and groups of hits.
class HitWriter {
 public:
  HitWriter(JsonWriter& out, SearchRequest const& request, SearchFindings const& found)
      : out_(out), request_(request), found_(found), selection_(request) {}

  void write_hits(std::span<search::ThreadHit const> hits) {
    out_.key("hits").begin_array();
    for (auto const& hit : hits) write_hit(hit);
    out_.end_array();
  }

  void write_groups() {
    out_.key("grouped_hits").begin_array();
    std::span<search::ThreadHit const> rest = found_.hits.hits;
    while (!rest.empty()) {
      auto const next = std::ranges::find_if(rest, [&](auto const& hit) { return hit.group != rest.front().group; });
      auto const count = static_cast<std::size_t>(next - rest.begin());
      write_group(rest.first(count));
      rest = rest.subspan(count);
    }
    out_.end_array();
  }

 private:
  void write_hit(search::ThreadHit const& hit) {
    auto const& finding = found_.threads.at(hit.thread);
    out_.begin_object();
    write_document(out_.key("document"), finding.thread, selection_);
    write_keyed_highlights(out_.key("highlight"), finding.highlights);
    write_listed_highlights(out_.key("highlights"), finding.highlights);
    out_.field("text_match", hit.text_match).end_object();
  }

  /// Of a column with many values it is the list of them.
  void write_group_key(search::ThreadHit const& hit, std::size_t i) {
    auto const column = request_.query.group_by[i];
    if (column == search::Column::author_id || column == search::Column::resolved) {
      out_.value(spell_search_value(column, hit.group[i]));
      return;
    }
    out_.begin_array();
    // The values come with commas between, which a tag may hold as well: the thread's own ones are the same.
    if (column == search::Column::tags)
      for (auto const& tag : found_.threads.at(hit.thread).thread.facts.tags) out_.value(tag);
    else
      for (auto const id : search::typesense::split_list(hit.group[i]))
        out_.value(spell_search_value(column, std::string(id)));
    out_.end_array();
  }

  void write_group(std::span<search::ThreadHit const> hits) {
    auto const& first = hits.front();
    out_.begin_object().field("found", first.group_found).key("group_key").begin_array();
    for (std::size_t i = 0; i < first.group.size(); ++i) write_group_key(first, i);
    out_.end_array();
    write_hits(hits);
    out_.end_object();
  }

  JsonWriter& out_;
  SearchRequest const& request_;
  SearchFindings const& found_;
  Selection selection_;
};

}  // namespace

std::string search_reply(SearchRequest const& request, SearchFindings const& found, Timestamp took) {
  JsonWriter out;
  out.begin_object().key("facet_counts").begin_array();
  for (auto const& facet : found.hits.facets) write_facet(out, facet);
  out.end_array().field("found", found.hits.found);
  HitWriter writer(out, request, found);
  if (request.query.group_by.empty())
    writer.write_hits(found.hits.hits);
  else
    writer.write_groups();
  out.field("ok", true).field("out_of", found.hits.out_of).field("page", request.page);
  out.key("request_params").begin_object().field("collection_name", "threads").field("per_page", request.per_page);
  out.field("q", request.q).end_object();
  return out.field("search_time_ms", took / (kSecond / 1000)).end_object().take();
}

std::string feed_search_reply(SearchFindings const& found) {
  return data_reply([&](JsonWriter& out) {
    out.begin_array();
    for (auto const& hit : found.hits.hits) {
      auto const& finding = found.threads.at(hit.thread);
      JsonWriter highlight;
      write_keyed_highlights(highlight, finding.highlights);
      write_feed_thread(out, finding.thread,
                        {.highlight = finding.highlights.empty() ? std::string_view() : highlight.text()});
    }
    out.end_array();
  });
}

}  // namespace parlance::structchat
