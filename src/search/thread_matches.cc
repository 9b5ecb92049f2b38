#include "search/thread_matches.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "base/text.h"
#include "search/dictionary.h"
#include "search/match.h"
#include "search/store.h"
#include "search/thread_phrases.h"

namespace parlance::search {

namespace {

constexpr FieldBits kChats = bit_of(TextField::chats);

// Short words are not taken for others, as every one of them is near to many.
constexpr std::size_t kLettersForOneTypo = 4;
constexpr std::size_t kLettersForTwoTypos = 7;

template <typename Condition>
FieldBits bits_where(std::span<QueryField const> fields, Condition condition) {
  FieldBits bits = 0;
  for (auto const& field : fields)
    if (condition(field)) bits |= bit_of(field.field);
  return bits;
}

FieldBits bits_of(std::span<QueryField const> fields) {
  return bits_where(fields, [](QueryField const&) { return true; });
}

/// A character that every bigram beginning with it is a match of.
bool is_unit(Term const& term) {
  if (!term.is_prefix || term.tokens.size() != 1) return false;
  auto const tokens = tokenize(term.tokens.front());
  return !tokens.empty() && tokens.back().kind == TokenKind::unit;
}

void note(TermMatch& match, TextField field, Grade grade) { match.in(field) = std::max(match.in(field), grade); }

bool has_any(TermMatches const& matches) {
  return std::ranges::any_of(matches, [](TermMatch const& match) { return match.any(); });
}

}  // namespace

Result<TermMatches> TermFinder::find(Term const& term, std::vector<Term>& taken_for) {
  if (term.tokens.size() > 1 || is_unit(term)) {
    taken_for.push_back(term);
    return find_exactly(term, query_.fields);
  }
  auto const prefix_fields = bits_where(query_.fields, [](QueryField const& field) { return field.is_prefix; });
  bool const goes_on = term.is_prefix && prefix_fields != 0;
  TermMatches matches(table_.rows().size());
  std::vector<Taken> taken{{{term.tokens, false}, Grade::whole, bits_of(query_.fields)}};
  TRY(add_token(taken.front(), matches));
  if (goes_on) {
    taken.push_back({{term.tokens, true}, Grade::prefix, prefix_fields});
    TRY(add_longer(taken.back(), matches));
  }
  taken_for.push_back({term.tokens, goes_on});
  TRY(add_containing(term, Infix::always, taken, matches, taken_for));
  TRY(correct_partial(taken, matches));
  if (!has_any(matches)) TRY(add_similar(term, matches, taken_for));
  if (has_any(matches)) return matches;
  taken.clear();
  TRY(add_containing(term, Infix::fallback, taken, matches, taken_for));
  TRY(correct_partial(taken, matches));
  return matches;
}

Result<TermMatches> TermFinder::find_exactly(Term const& term, std::span<QueryField const> fields) {
  TermMatches matches(table_.rows().size());
  std::vector<Taken> const taken{{term, Grade::whole, bits_of(fields)}};
  if (term.tokens.size() > 1) {
    TRY(add_phrase(taken.front(), matches));
  } else {
    TRY(add_token(taken.front(), matches));
    if (is_unit(term)) TRY(add_longer(taken.front(), matches));
  }
  TRY(correct_partial(taken, matches));
  return matches;
}

/// Returns whether a thread in sight holds the first token of the term.
Result<bool> TermFinder::add_token(Taken const& taken, TermMatches& matches) {
  bool is_found = false;
  TRY(postings_.read(taken.term.tokens.front(), [&](std::span<Posting const> postings) {
    for (auto const& posting : postings) is_found |= add(posting, taken, matches);
  }));
  return is_found;
}

/// The terms that go on where the token ends.
Result<void> TermFinder::add_longer(Taken const& taken, TermMatches& matches) {
  return postings_.read_longer(taken.term.tokens.front(), kMaxPrefixRows, [&](std::span<Posting const> postings) {
    for (auto const& posting : postings) add(posting, taken, matches);
  });
}

Result<void> TermFinder::add_similar(Term const& term, TermMatches& matches, std::vector<Term>& taken_for) {
  auto const letters = code_point_count(term.tokens.front());
  int const most = letters < kLettersForOneTypo ? 0 : (letters < kLettersForTwoTypos ? 1 : 2);
  int wanted = 0;
  for (auto const& field : query_.fields) wanted = std::max(wanted, std::min(field.typos, most));
  if (wanted == 0) return {};
  bool const goes_on = term.is_prefix && std::ranges::any_of(query_.fields, &QueryField::is_prefix);
  auto const similar = TRY(find_terms(
      index_, query_.tenant, {TermPattern::Kind::similar, term.tokens.front(), wanted, goes_on, kMaxTypoTerms}));
  std::vector<Taken> taken;
  for (auto const& candidate : similar) {
    if (candidate.typos == 0) continue;
    bool const is_next = candidate.typos == 2 && !taken.empty() && taken.back().grade == Grade::one_typo;
    if (is_next && has_any(matches)) break;
    auto const fields =
        bits_where(query_.fields, [&](QueryField const& field) { return field.typos >= candidate.typos; });
    taken.push_back({{{candidate.text}, false}, candidate.typos == 2 ? Grade::two_typos : Grade::one_typo, fields});
    if (TRY(add_token(taken.back(), matches))) taken_for.push_back(taken.back().term);
  }
  return correct_partial(taken, matches);
}

/// The terms that hold it anywhere, in fields that want so at least.
Result<void> TermFinder::add_containing(Term const& term, Infix least, std::vector<Taken>& taken, TermMatches& matches,
                                        std::vector<Term>& taken_for) {
  auto const fields = bits_where(query_.fields, [&](QueryField const& field) { return field.infix >= least; });
  if (fields == 0 || code_point_count(term.tokens.front()) < kMinSpelledLetters) return {};
  auto const longer =
      TRY(find_terms(index_, query_.tenant,
                     {.kind = TermPattern::Kind::contains, .token = term.tokens.front(), .limit = kMaxInfixTerms}));
  for (auto const& candidate : longer) {
    if (candidate.text == term.tokens.front()) continue;
    taken.push_back({{{candidate.text}, false}, Grade::prefix, fields});
    if (TRY(add_token(taken.back(), matches))) taken_for.push_back(taken.back().term);
  }
  return {};
}

/// The conversations in sight that hold every whole token of the phrase: they narrow the search down where they are
/// few.
Result<std::vector<ConversationId>> TermFinder::candidates(Term const& term, FieldBits fields) {
  auto left = visible_;
  auto const whole = term.tokens.size() - (term.is_prefix ? 1 : 0);
  for (std::size_t i = 0; i < whole; ++i) {
    TermMatches matches(table_.rows().size());
    TRY(add_token({{{term.tokens[i]}, false}, Grade::whole, fields}, matches));
    for (std::size_t slot = 0; slot < left.size(); ++slot) left[slot] &= matches[slot].any() ? 1 : 0;
  }
  std::vector<ConversationId> conversations;
  for (std::size_t slot = 0; slot < left.size(); ++slot)
    if (left[slot]) conversations.push_back(table_.rows()[slot].conversation);
  return conversations;
}

Result<void> TermFinder::add_phrase(Taken const& taken, TermMatches& matches) {
  auto const among = TRY(candidates(taken.term, taken.fields));
  if (among.empty()) return {};
  auto const see_in = [&](TextField field) {
    return [&, field](ConversationId conversation, std::uint32_t count) {
      auto const slot = table_.slot_of(conversation);
      if (!slot) return;
      bool const is_chat = field == TextField::chats;
      add({*slot, is_chat ? count : 0, is_chat ? FieldBits{0} : bit_of(field)}, taken, matches);
    };
  };
  for (auto const field : {TextField::subject, TextField::summary, TextField::tags})
    if ((taken.fields & bit_of(field)) != 0)
      TRY(each_told_phrase(index_, query_.tenant, taken.term, field, see_in(field)));
  if ((taken.fields & kChats) == 0) return {};
  auto const within = among.size() <= kIndexedScope ? std::span(among) : std::span<ConversationId const>();
  return each_chat_phrase(index_, query_.tenant, taken.term, within, kMaxPhraseMessages, see_in(TextField::chats));
}

Result<SlotSet> TermFinder::find_whole_chats(std::vector<std::string> const& tokens) {
  SlotSet slots(table_.rows().size());
  TRY(each_whole_chat(index_, query_.tenant, tokens, kMaxPhraseMessages,
                      [&](ConversationId conversation, std::uint32_t) {
                        if (auto const slot = table_.slot_of(conversation)) slots[*slot] = visible_[*slot];
                      }));
  for (auto const& partial : query_.scope.partial) {
    auto const slot = table_.slot_of(partial.conversation);
    if (!slot || !slots[*slot]) continue;
    auto const* const texts = TRY(visible_texts(partial));
    slots[*slot] = std::ranges::any_of(
        *texts, [&](std::vector<Token> const& text) { return std::ranges::equal(text, tokens, {}, &Token::text); });
  }
  return slots;
}

bool TermFinder::add(Posting const& posting, Taken const& taken, TermMatches& matches) const {
  if (!visible_[posting.slot]) return false;
  auto& match = matches[posting.slot];
  bool const is_in_chats = posting.chats > 0 && (taken.fields & kChats) != 0;
  auto const told = static_cast<unsigned>(posting.fields & taken.fields);
  if (is_in_chats) {
    match.chats += posting.chats;
    note(match, TextField::chats, taken.grade);
  }
  for (auto left = told; left != 0; left &= left - 1)
    note(match, static_cast<TextField>(std::countr_zero(left)), taken.grade);
  return is_in_chats || told != 0;
}

Result<void> TermFinder::correct_partial(std::vector<Taken> const& taken, TermMatches& matches) {
  for (auto const& partial : query_.scope.partial) {
    auto const slot = table_.slot_of(partial.conversation);
    if (!slot || partial.hidden_through <= 0 || matches[*slot].in(TextField::chats) == Grade::none) continue;
    auto& match = matches[*slot];
    match.chats = 0;
    match.in(TextField::chats) = Grade::none;
    auto const* const texts = TRY(visible_texts(partial));
    for (auto const& text : *texts) {
      auto grade = Grade::none;
      for (auto const& [term, worth, fields] : taken)
        for (std::size_t at = 0; (fields & kChats) != 0 && at < text.size() && grade < worth; ++at)
          if (occurs_at(text, at, term)) grade = worth;
      if (grade == Grade::none) continue;
      ++match.chats;
      note(match, TextField::chats, grade);
    }
  }
  return {};
}

Result<std::vector<std::vector<Token>> const*> TermFinder::visible_texts(ThreadScope::Partial const& partial) {
  if (auto const known = texts_.find(partial.conversation); known != texts_.end()) return &known->second;
  auto const most = std::min(kMaxPartialMessages, kMaxPartialMessagesInAll - partial_messages_);
  auto& texts = texts_[partial.conversation];
  TRY(
      log_.each("SELECT text FROM messages WHERE tenant_id = $1 AND conversation_id = $2 AND seq > $3"
                " AND deleted_at = 0 ORDER BY seq DESC LIMIT $4",
                {query_.tenant, partial.conversation, partial.hidden_through, most},
                [&](storage::Row const& row) { texts.push_back(tokenize(row.text(0))); }));
  partial_messages_ += std::ssize(texts);
  return &texts;
}

}  // namespace parlance::search
