#include "base/clock.h"

#include <fmt/format.h>

#include <chrono>

namespace parlance {

Timestamp now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t monotonic_now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string format_rfc3339(Timestamp time) {
  using namespace std::chrono;
  sys_time<microseconds> const point{microseconds{time}};
  auto const day = floor<days>(point);
  year_month_day const date{day};
  hh_mm_ss const clock{floor<seconds>(point - day)};
  auto const micros = (point - floor<seconds>(point)).count();
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                          clock.minutes().count(), clock.seconds().count());
  if (micros % 1000 != 0) {
    text += fmt::format(".{:06}", micros);
  } else if (micros != 0) {
    text += fmt::format(".{:03}", micros / 1000);
  }
  text += 'Z';
  return text;
}

namespace {

/// Reads digits off the front of a text.
class DigitReader {
 public:
  explicit DigitReader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    if (rest_.size() < digits) return miss();
    int value = 0;
    for (char const c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return miss();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool accept(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  void expect(std::string_view any_of) {
    if (!accept(any_of)) miss();
  }

  /// Fraction digits as microseconds; digits past the sixth are dropped.
  int fraction() {
    int value = 0;
    int digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (digits < 6) value = value * 10 + (rest_.front() - '0');
      ++digits;
      rest_.remove_prefix(1);
    }
    if (digits == 0 || digits > 9) return miss();
    for (; digits < 6; ++digits) value *= 10;
    return value;
  }

  bool good() const { return good_; }
  bool empty() const { return rest_.empty(); }
  char last() const { return last_; }

 private:
  int miss() {
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  char last_ = 0;
  bool good_ = true;
};

}  // namespace

Result<Timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  DigitReader reader(text);
  int const y = reader.number(4);
  reader.expect("-");
  int const m = reader.number(2);
  reader.expect("-");
  int const d = reader.number(2);
  reader.expect("Tt ");
  int const hour = reader.number(2);
  reader.expect(":");
  int const minute = reader.number(2);
  reader.expect(":");
  int const second = reader.number(2);
  int const micros = reader.accept(".") ? reader.fraction() : 0;
  Timestamp offset = 0;
  reader.expect("Zz+-");
  if (reader.last() == '+' || reader.last() == '-') {
    int const sign = reader.last() == '+' ? 1 : -1;
    int const hours = reader.number(2);
    reader.expect(":");
    int const minutes = reader.number(2);
    if (hours > 23 || minutes > 59) return invalid({}, "not an RFC 3339 time");
    offset = sign * (hours * kHour + minutes * kMinute);
  }
  year_month_day const date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  bool const in_range = date.ok() && y >= 1970 && hour < 24 && minute < 60 && second <= 60;
  if (!reader.good() || !reader.empty() || !in_range) return invalid({}, "not an RFC 3339 time");
  auto const since_epoch = sys_days{date}.time_since_epoch();
  return duration_cast<microseconds>(since_epoch).count() + hour * kHour + minute * kMinute + second * kSecond +
         micros - offset;
}

}  // namespace parlance
