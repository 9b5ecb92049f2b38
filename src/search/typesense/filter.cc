#include "search/typesense/filter.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "search/typesense/fields.h"
#include "search/typesense/scanner.h"

namespace parlance::search::typesense {
namespace {

constexpr std::string_view kParameter = "filter_by";

/// What may be written after the colon, the longer ones first.
struct Sign {
  std::string_view text;
  Comparator comparator;
};
constexpr Sign kSigns[] = {
    {"!=", Comparator::not_equal}, {">=", Comparator::greater_equal}, {"<=", Comparator::less_equal},
    {"!", Comparator::not_equal},  {"=", Comparator::equal},          {">", Comparator::greater},
    {"<", Comparator::less},
};

bool is_ordering(Comparator comparator) {
  switch (comparator) {
    case Comparator::less:
    case Comparator::less_equal:
    case Comparator::greater:
    case Comparator::greater_equal: return true;
    case Comparator::contains:
    case Comparator::equal:
    case Comparator::not_equal:
    case Comparator::between: return false;
  }
  return false;
}

Filter combine(Filter::Kind kind, std::vector<Filter> children) {
  if (children.size() == 1) return std::move(children.front());
  return {.kind = kind, .children = std::move(children)};
}

Filter compare(Column column, Comparator comparator, std::vector<FilterValue> values) {
  return {.kind = Filter::Kind::comparison, .column = column, .comparator = comparator, .values = std::move(values)};
}

/// Everything but the range.
Filter outside(Column column, std::int64_t from, std::int64_t to) {
  return combine(Filter::Kind::any_of,
                 {compare(column, Comparator::less, {from}), compare(column, Comparator::greater, {to})});
}

/// What one comparison's values are until its tree is made.
struct Operand {
  std::vector<FilterValue> values;
  std::vector<Filter> ranges;
};

class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : scanner_(kParameter, text) {}

  Result<Filter> parse() {
    scanner_.skip_spaces();
    if (scanner_.at_end()) return Filter{};
    auto filter = TRY(parse_any(0));
    if (!scanner_.at_end()) return scanner_.expected("&& or ||");
    return filter;
  }

 private:
  Result<Filter> parse_any(std::size_t depth) {
    std::vector<Filter> children;
    do children.push_back(TRY(parse_all(depth)));
    while (take("||"));
    return combine(Filter::Kind::any_of, std::move(children));
  }

  Result<Filter> parse_all(std::size_t depth) {
    std::vector<Filter> children;
    do children.push_back(TRY(parse_one(depth)));
    while (take("&&"));
    return combine(Filter::Kind::all_of, std::move(children));
  }

  Result<Filter> parse_one(std::size_t depth) {
    scanner_.skip_spaces();
    auto const place = scanner_.place();
    if (!take("(")) return parse_comparison();
    if (depth >= kMaxFilterDepth)
      return scanner_.wrong(fmt::format("at most {} parentheses within each other", kMaxFilterDepth), place);
    auto filter = TRY(parse_any(depth + 1));
    if (!take(")")) return scanner_.expected("&&, || or )");
    return filter;
  }

  Result<Filter> parse_comparison() {
    auto const& field = *TRY(parse_field());
    if (!take(":")) return scanner_.expected("a colon after the field");
    auto const place = scanner_.place();
    auto const comparator = parse_sign(field);
    if (is_ordering(comparator) && field.kind != FieldKind::number)
      return scanner_.wrong(fmt::format("{} is not a number and cannot be ordered", field.name), place);
    auto const operand = TRY(is_ordering(comparator) ? parse_number(field) : parse_operand(field, comparator));
    return tree_of(field.column, comparator, operand);
  }

  Result<Field const*> parse_field() {
    auto const place = scanner_.place();
    auto const name = scanner_.take_name();
    if (name.empty()) return scanner_.expected("a field");
    auto const* field = find_field(name);
    if (field == nullptr) return scanner_.wrong(fmt::format("unknown field {}", name), place);
    return field;
  }

  Comparator parse_sign(Field const& field) {
    scanner_.skip_spaces();
    for (auto const& [text, comparator] : kSigns)
      if (take(text)) return comparator;
    return field.kind == FieldKind::text ? Comparator::contains : Comparator::equal;
  }

  Result<Operand> parse_operand(Field const& field, Comparator comparator) {
    Operand operand;
    if (!take("[")) {
      TRY(parse_item(field, comparator, operand, {"&&", "||", ")"}));
      return operand;
    }
    do TRY(parse_item(field, comparator, operand, {",", "]"}));
    while (take(","));
    if (!take("]")) return scanner_.expected(", or ]");
    return operand;
  }

  /// A comparison by order takes one number.
  Result<Operand> parse_number(Field const& field) {
    Operand operand;
    TRY(parse_item(field, Comparator::less, operand, {"&&", "||", ")"}));
    return operand;
  }

  Result<void> parse_item(Field const& field, Comparator comparator, Operand& operand,
                          std::initializer_list<std::string_view> ends) {
    scanner_.skip_spaces();
    auto const place = scanner_.place();
    if (++value_count_ > kMaxFilterValues)
      return scanner_.wrong(fmt::format("at most {} values", kMaxFilterValues), place);
    auto const text = TRY(parse_text(ends));
    bool const is_in_list = *ends.begin() == ",";
    if (field.kind == FieldKind::number && is_in_list && text.contains("..")) {
      operand.ranges.push_back(TRY(range_of(field, comparator, text, place)));
      return {};
    }
    operand.values.push_back(TRY(value_of(field, text, place)));
    return {};
  }

  Result<std::string_view> parse_text(std::initializer_list<std::string_view> ends) {
    auto const place = scanner_.place();
    if (scanner_.take("`")) {
      auto const literal = scanner_.take_through('`');
      if (!literal) return scanner_.wrong("a backtick is never closed", place);
      if (literal->empty()) return scanner_.wrong("expected a value", place);
      scanner_.skip_spaces();
      return *literal;
    }
    auto const text = scanner_.take_until(ends);
    if (text.empty()) return scanner_.wrong("expected a value", place);
    if (auto const at = text.find('`'); at != std::string_view::npos)
      return scanner_.wrong("a literal in backticks stands alone", place + at);
    return text;
  }

  Result<FilterValue> value_of(Field const& field, std::string_view text, std::size_t place) const {
    switch (field.kind) {
      case FieldKind::id:
      case FieldKind::text: return FilterValue(std::string(text));
      case FieldKind::number: return FilterValue(TRY(number_of(text, place)));
      case FieldKind::flag:
        if (text == "true" || text == "1") return FilterValue(std::int64_t{1});
        if (text == "false" || text == "0") return FilterValue(std::int64_t{0});
        return scanner_.wrong("expected true or false", place);
    }
    std::unreachable();
  }

  Result<Filter> range_of(Field const& field, Comparator comparator, std::string_view text, std::size_t place) const {
    auto const dots = text.find("..");
    auto const from = TRY(number_of(trim(text.substr(0, dots)), place));
    auto const to = TRY(number_of(trim(text.substr(dots + 2)), place));
    if (comparator == Comparator::not_equal) return outside(field.column, from, to);
    return compare(field.column, Comparator::between, {from, to});
  }

  Result<std::int64_t> number_of(std::string_view text, std::size_t place) const {
    auto const number = parse_integer(text);
    if (!number) return scanner_.wrong("expected a whole number", place);
    return *number;
  }

  static Filter tree_of(Column column, Comparator comparator, Operand operand) {
    auto children = std::move(operand.ranges);
    if (!operand.values.empty()) children.push_back(compare(column, comparator, std::move(operand.values)));
    bool const excludes = comparator == Comparator::not_equal;
    return combine(excludes ? Filter::Kind::all_of : Filter::Kind::any_of, std::move(children));
  }

  /// The same with spaces around.
  bool take(std::string_view expected) {
    scanner_.skip_spaces();
    if (!scanner_.take(expected)) return false;
    scanner_.skip_spaces();
    return true;
  }

  Scanner scanner_;
  std::size_t value_count_ = 0;
};

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
  auto const parameter = std::string(kParameter);
  if (text.size() > kMaxFilterBytes) return invalid(parameter, fmt::format("at most {} bytes", kMaxFilterBytes));
  if (!is_utf8(text)) return invalid(parameter, "must be well-formed UTF-8");
  if (text.contains('\0')) return invalid(parameter, "must not contain the character NUL");
  return FilterParser(text).parse();
}

void read_ids(Filter& filter, std::function<std::int64_t(Column, std::string_view)> const& read) {
  for (auto& child : filter.children) read_ids(child, read);
  if (filter.kind != Filter::Kind::comparison || field_of(filter.column).kind != FieldKind::id) return;
  for (auto& value : filter.values)
    if (auto const* text = std::get_if<std::string>(&value)) value = read(filter.column, *text);
}

}  // namespace parlance::search::typesense
