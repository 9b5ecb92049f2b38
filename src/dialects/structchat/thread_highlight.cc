#include "dialects/structchat/thread_highlight.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "search/typesense/fields.h"

namespace parlance::structchat {
namespace {

using search::TextField;
using search::typesense::Snippet;

/// Of a thread's chats that match the newest ones are compared.
constexpr std::size_t kChatsCompared = 20;

/// Where no chat holds all words of the query, so many of them are looked for one by one.
constexpr std::size_t kTermsAlone = 6;

void write_texts_of(JsonWriter& out, std::vector<std::string> const& texts) {
  out.begin_array();
  for (auto const& text : texts) out.value(text);
  out.end_array();
}

void write_snippet(JsonWriter& out, Snippet const& snippet, bool is_full) {
  write_texts_of(out.key("matched_tokens"), snippet.matched_tokens);
  out.field("snippet", snippet.text);
  if (is_full) out.field("value", snippet.whole);
}

/// Typesense lists every element of a field with many, matching or not.
void write_parts(JsonWriter& out, FieldHighlight const& highlight) {
  out.begin_array();
  for (auto const& [text, snippet] : highlight.parts) {
    write_snippet(out.begin_object(), snippet.value_or(Snippet{.text = text, .whole = text}), highlight.is_full);
    out.end_object();
  }
  out.end_array();
}

/// The elements that match, each thing of them in a list of its own.
void write_matching_parts(JsonWriter& out, FieldHighlight const& highlight) {
  auto const list = [&](std::string_view name, auto write) {
    out.key(name).begin_array();
    for (std::size_t i = 0; i < highlight.parts.size(); ++i)
      if (highlight.parts[i].snippet) write(i, *highlight.parts[i].snippet);
    out.end_array();
  };
  list("indices", [&](std::size_t i, Snippet const&) { out.value(static_cast<std::int64_t>(i)); });
  list("matched_tokens", [&](std::size_t, Snippet const& snippet) { write_texts_of(out, snippet.matched_tokens); });
  list("snippets", [&](std::size_t, Snippet const& snippet) { out.value(snippet.text); });
  if (highlight.is_full) list("values", [&](std::size_t, Snippet const& snippet) { out.value(snippet.whole); });
}

}  // namespace

Result<std::vector<FieldHighlight>> ThreadHighlighter::highlight(FeedThread const& thread) {
  std::vector<FieldHighlight> highlights;
  if (terms_.empty()) return highlights;
  for (auto const field : request_.highlight_fields) {
    FieldHighlight highlight{.field = field};
    highlight.is_full = std::ranges::find(request_.full_fields, field) != request_.full_fields.end();
    bool matches = false;
    for (auto& text : TRY(texts_of(thread, field))) {
      auto snippet = search::typesense::make_snippet(text, terms_, request_.snippets);
      matches |= snippet.has_value();
      highlight.parts.push_back({std::move(text), std::move(snippet)});
    }
    if (matches) highlights.push_back(std::move(highlight));
  }
  return highlights;
}

Result<std::vector<std::string>> ThreadHighlighter::texts_of(FeedThread const& thread, TextField field) {
  auto const& conversation = thread.encounter.conversation;
  switch (field) {
    case TextField::subject: return std::vector{std::string(subject_of(conversation))};
    case TextField::summary: return std::vector{conversation.summary};
    case TextField::tags: return thread.facts.tags;
    case TextField::chats: {
      auto chat = TRY(best_chat(thread.encounter));
      if (!chat) return std::vector<std::string>{};
      return std::vector{std::move(chat->highlight.text)};
    }
  }
  std::unreachable();
}

Result<std::optional<search::Hit>> ThreadHighlighter::best_chat(core::Encounter const& thread) {
  auto best = TRY(best_chat_with(thread, {.required = request_.query.terms.required}));
  if (best) return best;
  for (std::size_t i = 0; i < std::min(terms_.size(), kTermsAlone); ++i) {
    auto found = TRY(best_chat_with(thread, {.required = {terms_[i]}}));
    if (found && (!best || found->score > best->score)) best = std::move(found);
  }
  return best;
}

Result<std::optional<search::Hit>> ThreadHighlighter::best_chat_with(core::Encounter const& thread,
                                                                     search::Terms const& terms) {
  if (compared_bytes_ >= kMaxComparedBytes) return std::nullopt;
  search::Query query{.tenant = thread.conversation.tenant, .terms = terms, .conversations = {thread.conversation.id}};
  query.limit = kChatsCompared;
  query.highlight.whole_units = std::numeric_limits<std::size_t>::max();
  auto found = TRY(index_.search(tx_, query));
  for (auto const& hit : found.hits) compared_bytes_ += hit.highlight.text.size();
  std::erase_if(found.hits, [&](search::Hit const& hit) { return core::is_before_join(thread, hit.seq); });
  auto const best = std::ranges::max_element(found.hits, {}, &search::Hit::score);
  if (best == found.hits.end()) return std::nullopt;
  return std::move(*best);
}

void write_keyed_highlights(JsonWriter& out, std::vector<FieldHighlight> const& highlights) {
  std::vector<std::pair<std::string_view, FieldHighlight const*>> by_name;
  for (auto const& highlight : highlights)
    by_name.emplace_back(search::typesense::name_of(highlight.field), &highlight);
  std::ranges::sort(by_name);
  out.begin_object();
  for (auto const& [name, highlight] : by_name) {
    out.key(name);
    if (highlight->field == TextField::tags) {
      write_parts(out, *highlight);
      continue;
    }
    write_snippet(out.begin_object(), *highlight->parts.front().snippet, highlight->is_full);
    out.end_object();
  }
  out.end_object();
}

void write_listed_highlights(JsonWriter& out, std::vector<FieldHighlight> const& highlights) {
  out.begin_array();
  for (auto const& highlight : highlights) {
    out.begin_object().field("field", search::typesense::name_of(highlight.field));
    if (highlight.field == TextField::tags)
      write_matching_parts(out, highlight);
    else
      write_snippet(out, *highlight.parts.front().snippet, highlight.is_full);
    out.end_object();
  }
  out.end_array();
}

}  // namespace parlance::structchat
