#include "search/thread_filter.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "search/thread_lists.h"
#include "search/tokenize.h"

namespace parlance::search {

namespace {

std::unexpected<Error> senseless(std::string message) { return invalid("filter_by", std::move(message)); }

bool is_equality(Comparator comparator) {
  return comparator == Comparator::contains || comparator == Comparator::equal || comparator == Comparator::not_equal;
}

Result<std::vector<std::string>> tokens_of(FilterValue const& value) {
  auto const* const text = std::get_if<std::string>(&value);
  if (!text) return senseless("a text is compared with a number");
  std::vector<std::string> tokens;
  for (auto& token : tokenize(*text)) tokens.push_back(std::move(token.text));
  return tokens;
}

Result<std::int64_t> number_of(FilterValue const& value) {
  auto const* const number = std::get_if<std::int64_t>(&value);
  if (!number) return senseless("a number is compared with a text");
  return *number;
}

TextField field_of(Column column) {
  if (column == Column::subject) return TextField::subject;
  return column == Column::summary ? TextField::summary : TextField::chats;
}

std::string joined(std::vector<std::string> const& tokens) {
  std::string text;
  for (auto const& token : tokens) text.append(token).append(1, ' ');
  return text;
}

/// A query for each token; the last character of a run without spaces may begin a bigram.
Term whole_term(std::string token) {
  auto const tokens = tokenize(token);
  bool const is_unit = !tokens.empty() && tokens.back().kind == TokenKind::unit && tokens.size() == 1;
  return {{std::move(token)}, is_unit};
}

/// The threads with all the tokens in the field.
Result<SlotSet> holding_all(std::vector<std::string> const& tokens, TextField field, TermFinder& finder,
                            std::size_t count) {
  SlotSet slots(count, tokens.empty() ? 0 : 1);
  QueryField const fields[] = {{field, 1, false, 0}};
  for (auto const& token : tokens) {
    auto const matches = TRY(finder.find_exactly(whole_term(token), fields));
    for (std::size_t slot = 0; slot < count; ++slot) slots[slot] &= matches[slot].any() ? 1 : 0;
  }
  return slots;
}

/// The threads whose subject, summary or one of whose chats is nothing but the tokens.
Result<SlotSet> being(std::vector<std::string> const& tokens, Column column, ThreadTable const& table,
                      TermFinder& finder) {
  auto const count = table.rows().size();
  if (column == Column::chats) return tokens.empty() ? SlotSet(count) : finder.find_whole_chats(tokens);
  auto const digest = digest_of(joined(tokens));
  SlotSet slots(count);
  for (std::size_t slot = 0; slot < count; ++slot) {
    auto const& row = table.rows()[slot];
    slots[slot] = (column == Column::subject ? row.subject_digest : row.summary_digest) == digest ? 1 : 0;
  }
  return slots;
}

}  // namespace

Result<ThreadFilter> ThreadFilter::prepare(Filter const& filter, ThreadTable const& table, TermFinder& finder) {
  ThreadFilter prepared;
  prepared.kind_ = filter.kind;
  for (auto const& child : filter.children) prepared.children_.push_back(TRY(prepare(child, table, finder)));
  if (filter.kind == Filter::Kind::comparison) TRY(prepared.prepare_comparison(filter, table, finder));
  return prepared;
}

Result<void> ThreadFilter::prepare_comparison(Filter const& filter, ThreadTable const& table, TermFinder& finder) {
  column_ = filter.column;
  comparator_ = filter.comparator;
  if (is_text(column_)) return prepare_text(filter, table, finder);
  if (column_ == Column::tags) return prepare_tags(filter, table);
  return prepare_numbers(filter);
}

Result<void> ThreadFilter::prepare_text(Filter const& filter, ThreadTable const& table, TermFinder& finder) {
  if (!is_equality(comparator_)) return senseless("texts have no order");
  slots_.assign(table.rows().size(), 0);
  for (auto const& value : filter.values) {
    auto const tokens = TRY(tokens_of(value));
    auto const slots =
        TRY(comparator_ == Comparator::contains ? holding_all(tokens, field_of(column_), finder, slots_.size())
                                                : being(tokens, column_, table, finder));
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) slots_[slot] |= slots[slot];
  }
  return {};
}

Result<void> ThreadFilter::prepare_tags(Filter const& filter, ThreadTable const& table) {
  if (!is_equality(comparator_)) return senseless("tags have no order");
  for (auto const& value : filter.values) {
    auto const wanted = TRY(tokens_of(value));
    for (std::size_t number = 0; number < table.tags().size(); ++number) {
      auto const tokens = tokenize(table.tags()[number]);
      bool const holds =
          comparator_ == Comparator::contains
              ? !wanted.empty() &&
                    std::ranges::all_of(wanted,
                                        [&](std::string const& token) {
                                          return std::ranges::find(tokens, token, &Token::text) != tokens.end();
                                        })
              : std::ranges::equal(tokens, wanted, {}, &Token::text);
      if (holds) values_.insert(static_cast<std::int64_t>(number));
    }
  }
  return {};
}

Result<void> ThreadFilter::prepare_numbers(Filter const& filter) {
  std::vector<std::int64_t> numbers;
  for (auto const& value : filter.values) numbers.push_back(TRY(number_of(value)));
  values_.insert(numbers.begin(), numbers.end());
  if (is_equality(comparator_)) return {};
  auto const wanted = comparator_ == Comparator::between ? 2U : 1U;
  if (numbers.size() != wanted) return senseless("an order takes one value, a range two");
  least_ = numbers.front();
  most_ = numbers.back();
  return {};
}

bool ThreadFilter::holds_for(std::int64_t value) const {
  switch (comparator_) {
    case Comparator::contains:
    case Comparator::equal:
    case Comparator::not_equal: return values_.contains(value);
    case Comparator::less: return value < least_;
    case Comparator::less_equal: return value <= least_;
    case Comparator::greater: return value > least_;
    case Comparator::greater_equal: return value >= least_;
    case Comparator::between: return value >= least_ && value <= most_;
  }
  return false;
}

bool ThreadFilter::lets_through(std::uint32_t slot, ThreadColumns& columns) const {
  auto const child_lets_through = [&](ThreadFilter const& child) { return child.lets_through(slot, columns); };
  switch (kind_) {
    case Filter::Kind::all_of: return std::ranges::all_of(children_, child_lets_through);
    case Filter::Kind::any_of: return std::ranges::any_of(children_, child_lets_through);
    case Filter::Kind::comparison: break;
  }
  bool holds = false;
  if (is_text(column_))
    holds = slots_[slot] != 0;
  else
    columns.each(column_, slot, [&](std::int64_t value) { holds = holds || holds_for(value); });
  return holds != (comparator_ == Comparator::not_equal);
}

}  // namespace parlance::search
