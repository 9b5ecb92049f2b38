#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/posting_block.h"
#include "search/posting_reader.h"
#include "search/thread_query.h"
#include "search/thread_table.h"
#include "search/tokenize.h"
#include "storage/transaction.h"

namespace parlance::search {

/// How well a term is met. The numbers are ordered, not more.
enum class Grade : std::uint8_t { none, two_typos, one_typo, prefix, whole };

inline constexpr std::size_t kFieldCount = 4;  ///< of TextField

/// What a thread has of a term.
struct TermMatch {
  std::uint32_t chats = 0;         ///< how many of its messages
  Grade grades[kFieldCount] = {};  ///< by TextField

  bool any() const {
    return (grades[0] != Grade::none) | (grades[1] != Grade::none) | (grades[2] != Grade::none) |
           (grades[3] != Grade::none);
  }
  Grade& in(TextField field) { return grades[static_cast<std::size_t>(field)]; }
  Grade in(TextField field) const { return grades[static_cast<std::size_t>(field)]; }
};

/// By slot.
using TermMatches = std::vector<TermMatch>;
using SlotSet = std::vector<std::uint8_t>;

/// At most so many terms of one block of slots are looked at for one beginning of a word, in alphabetical order, and so
/// many messages for one phrase, the newest first. What lies past them is not found.
inline constexpr std::int64_t kMaxPrefixRows = 5'000;
inline constexpr std::int64_t kMaxPhraseMessages = 5'000;

/// A word that no thread in sight has is taken for at most so many others.
inline constexpr std::size_t kMaxTypoTerms = 50;

/// And looked for within at most so many.
inline constexpr std::size_t kMaxInfixTerms = 100;

/// Of the conversations whose history begins in the middle, at most so many of the newest messages are looked at each,
/// and in all.
inline constexpr std::int64_t kMaxPartialMessages = 2'000;
inline constexpr std::int64_t kMaxPartialMessagesInAll = 20'000;

/// Finds what threads hold terms, for one query.
class TermFinder {
 public:
  /// `visible` are the slots of the threads that the caller may read. All must outlive the finder.
  TermFinder(storage::Transaction& index, storage::Transaction& log, ThreadTable const& table, ThreadQuery const& query,
             SlotSet const& visible)
      : index_(index),
        log_(log),
        table_(table),
        query_(query),
        visible_(visible),
        postings_(index, query.tenant, table.rows().size()) {}

  /// Which threads hold the term in the query's fields, by the fields' settings; only visible ones. `taken_for` gets
  /// the terms that it was taken for.
  Result<TermMatches> find(Term const& term, std::vector<Term>& taken_for);

  /// The same to the letter: neither prefixes nor typos, but for a character that begins bigrams.
  Result<TermMatches> find_exactly(Term const& term, std::span<QueryField const> fields);

  /// Which threads have a message of these tokens and no others.
  Result<SlotSet> find_whole_chats(std::vector<std::string> const& tokens);

 private:
  /// What a term is taken for, how good that is, and where it counts.
  struct Taken {
    Term term;
    Grade grade = Grade::whole;
    FieldBits fields = 0;
  };

  Result<bool> add_token(Taken const& taken, TermMatches& matches);
  Result<void> add_longer(Taken const& taken, TermMatches& matches);
  Result<void> add_phrase(Taken const& taken, TermMatches& matches);
  Result<void> add_similar(Term const& term, TermMatches& matches, std::vector<Term>& taken_for);
  Result<void> add_containing(Term const& term, Infix least, std::vector<Taken>& taken, TermMatches& matches,
                              std::vector<Term>& taken_for);
  Result<std::vector<ConversationId>> candidates(Term const& term, FieldBits fields);

  bool add(Posting const& posting, Taken const& taken, TermMatches& matches) const;

  /// Counts again in conversations whose history begins in the middle.
  Result<void> correct_partial(std::vector<Taken> const& taken, TermMatches& matches);
  Result<std::vector<std::vector<Token>> const*> visible_texts(ThreadScope::Partial const& partial);

  storage::Transaction& index_;
  storage::Transaction& log_;
  ThreadTable const& table_;
  ThreadQuery const& query_;
  SlotSet const& visible_;
  PostingReader postings_;
  std::map<ConversationId, std::vector<std::vector<Token>>> texts_;
  std::int64_t partial_messages_ = 0;
};

}  // namespace parlance::search
