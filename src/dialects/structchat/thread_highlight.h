#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dialects/structchat/thread_view.h"
#include "search/index.h"
#include "search/typesense/request.h"
#include "storage/transaction.h"

namespace parlance::structchat {

/// Where a field of a thread matches. Of chats, which are many, the best one of those that match is shown.
struct FieldHighlight {
  /// A piece of the field: of tags each tag, of other fields the one text.
  struct Part {
    std::string text;                                   ///< as it is; of tags only
    std::optional<search::typesense::Snippet> snippet;  ///< empty where it does not match; of tags only
  };

  search::TextField field = search::TextField::chats;
  std::vector<Part> parts;
  bool is_full = false;  ///< the whole text is wanted beside the snippet
};

/// Texts of this size are taken apart in a fraction of a second. A page of ordinary chats is far below.
inline constexpr std::size_t kMaxComparedBytes = std::size_t{4} << 20;

/// Looks for the words of a search in threads that it has found.
class ThreadHighlighter {
 public:
  /// `terms` are what the texts hold of the query's words. All must outlive the highlighter.
  ThreadHighlighter(storage::Transaction& tx, search::MessageIndex& index,
                    search::typesense::SearchRequest const& request, std::vector<search::Term> const& terms)
      : tx_(tx), index_(index), request_(request), terms_(terms) {}

  /// In the order that the request has its fields in, those that match. It shows what the caller who has met the
  /// thread may read of it now, and asks the index of messages a few times at most. Once the chats that it has compared
  /// for all threads make kMaxComparedBytes, those of further threads are not highlighted. Blocks as
  /// MessageIndex::search does.
  Result<std::vector<FieldHighlight>> highlight(FeedThread const& thread);

 private:
  Result<std::vector<std::string>> texts_of(FeedThread const& thread, search::TextField field);
  Result<std::optional<search::Hit>> best_chat(core::Encounter const& thread);
  Result<std::optional<search::Hit>> best_chat_with(core::Encounter const& thread, search::Terms const& terms);

  storage::Transaction& tx_;
  search::MessageIndex& index_;
  search::typesense::SearchRequest const& request_;
  std::vector<search::Term> const& terms_;
  std::size_t compared_bytes_ = 0;
};

/// {"chats": {"matched_tokens": […], "snippet": "…"}, …}: by the fields' names, as feeds have it.
void write_keyed_highlights(JsonWriter& out, std::vector<FieldHighlight> const& highlights);

/// [{"field": "chats", "matched_tokens": […], "snippet": "…"}, …]: in their order.
void write_listed_highlights(JsonWriter& out, std::vector<FieldHighlight> const& highlights);

}  // namespace parlance::structchat
