#include "base/packed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

namespace parlance {
namespace {

std::string shown(std::string_view bytes) {
  std::string out;
  PackedReader reader(bytes);
  while (reader.next()) {
    out += reader.text().empty() ? fmt::format("{}={} ", reader.field(), reader.number())
                                 : fmt::format("{}={} ", reader.field(), reader.text());
  }
  return reader.has_failed() ? out + "broken" : out;
}

TEST(Packed, ComesBackAsItWasWrittenWithoutWhatIsEmpty) {
  PackedWriter out;
  out.number(1, 42).number(2, 0).text(3, "").text(4, "hello").number(5, -1).item(6, 0).item(7, std::string_view("x"));
  EXPECT_EQ(shown(out.bytes()), "1=42 4=hello 5=-1 6=0 7=x ");
  EXPECT_EQ(out.size(), 2U + 7U + 2U + 2U + 3U);
}

TEST(Packed, CarriesTheWholeRangeOfNumbers) {
  PackedWriter out;
  out.number(1, std::numeric_limits<std::int64_t>::min()).number(2, std::numeric_limits<std::int64_t>::max());
  out.number(300, 128);
  EXPECT_EQ(shown(out.bytes()), "1=-9223372036854775808 2=9223372036854775807 300=128 ");
}

TEST(Packed, SaysSoWhereBytesMakeNoSense) {
  PackedWriter out;
  out.text(1, "hello").number(2, 300);
  auto const whole = out.take();
  for (std::size_t length = 1; length < whole.size(); ++length) {
    auto const text = shown(whole.substr(0, length));
    EXPECT_TRUE(text.ends_with("broken") || length == 7) << length << ": " << text;
  }
  EXPECT_EQ(shown(std::string(20, '\xFF')), "broken");
}

}  // namespace
}  // namespace parlance
