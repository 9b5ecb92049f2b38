#include "core/account_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "core/free_text.h"
#include "core/in_list.h"

namespace parlance::core {

namespace {

/// How many conversations one statement looks at.
constexpr std::size_t kChunk = 256;

/// The messages of c that the user may see, `m`.
constexpr std::string_view kMessagesInSight =
    " FROM messages m WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.deleted_at = 0"
    " AND (c.history_mode = 0 OR m.seq > COALESCE((SELECT j.joined_seq FROM members j WHERE j.tenant_id = c.tenant_id"
    " AND j.conversation_id = c.id AND j.user_id = $2), 0))";

class TextSearch {
 public:
  TextSearch(storage::Transaction& tx, Conditions const& in_sight, std::string_view wanted)
      : tx_(tx), in_sight_(in_sight), wanted_(wanted) {}

  Result<std::vector<ConversationId>> run(std::optional<std::vector<ConversationId>> const& among) {
    TRY(look_at_subjects(among));
    for (std::size_t begin = 0; begin < left_.size(); begin += kChunk) {
      auto const end = std::min(begin + kChunk, left_.size());
      TRY(look_at_messages(
          {left_.begin() + static_cast<std::ptrdiff_t>(begin), left_.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    return std::move(found_);
  }

 private:
  /// Finds those by their subject, and which are left to look into.
  Result<void> look_at_subjects(std::optional<std::vector<ConversationId>> const& among) {
    std::unordered_set<ConversationId> known;
    if (among) known.insert(among->begin(), among->end());
    auto where = in_sight_;
    if (among && among->size() <= kChunk) {
      InList const list(static_cast<int>(where.params.size()) + 1, *among);
      where.text += " AND c.id IN " + list.text();
      where.params = list.params(std::move(where.params));
    }
    std::int64_t messages = 0;
    auto const sql = "SELECT c.id, c.subject, c.last_seq" + where.text + " ORDER BY c.last_message_at DESC, c.id DESC";
    return tx_.each(sql, where.params, [&](storage::Row const& row) {
      auto const id = row.id<ConversationId>(0);
      if (found_.size() + left_.size() >= kMaxSearched || (among && !known.contains(id))) return;
      if (wanted_.matches(row.text(1))) {
        found_.push_back(id);
      } else if (row.integer(2) > 0 && (among || messages < kMaxSearchedMessages)) {
        messages += row.integer(2);
        left_.push_back(id);
      }
    });
  }

  Result<void> look_at_messages(std::vector<ConversationId> const& conversations) {
    constexpr int kFirstListed = 4;
    InList const list(kFirstListed, conversations);
    auto const params = list.params({in_sight_.params[0], in_sight_.params[1], wanted_.pattern()});
    auto const from = fmt::format(" FROM conversations c WHERE c.tenant_id = $1 AND c.id IN {}", list.text());
    auto const match = fmt::format("{} AND lower(m.text) LIKE $3 ESCAPE '!'", kMessagesInSight);
    std::vector<ConversationId> candidates;
    TRY(tx_.each("SELECT c.id" + from + " AND EXISTS (SELECT 1" + match + ")", params,
                 [&](storage::Row const& row) { candidates.push_back(row.id<ConversationId>(0)); }));
    for (auto const candidate : candidates) {
      if (wanted_.is_exact() || TRY(has_match(candidate))) found_.push_back(candidate);
    }
    return {};
  }

  /// Looks at the messages that the pattern lets through.
  Result<bool> has_match(ConversationId conversation) {
    static std::string const kSql = fmt::format(
        "SELECT m.text FROM conversations c JOIN messages m ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id"
        " WHERE c.tenant_id = $1 AND c.id = $4 AND m.id IN (SELECT m.id{} AND lower(m.text) LIKE $3 ESCAPE '!')",
        kMessagesInSight);
    bool is_found = false;
    TRY(tx_.each(kSql, {in_sight_.params[0], in_sight_.params[1], wanted_.pattern(), conversation},
                 [&](storage::Row const& row) { is_found = is_found || wanted_.matches(row.text(0)); }));
    return is_found;
  }

  storage::Transaction& tx_;
  Conditions const& in_sight_;
  FreeText const wanted_;
  std::vector<ConversationId> found_;
  std::vector<ConversationId> left_;
};

}  // namespace

Result<std::vector<ConversationId>> find_holding(storage::Transaction& tx, Conditions const& in_sight,
                                                 std::string_view wanted,
                                                 std::optional<std::vector<ConversationId>> const& among) {
  return TextSearch(tx, in_sight, wanted).run(among);
}

}  // namespace parlance::core
