#include "http/describe.h"

#include "slices.h"

namespace {

namespace http = parlance::http;

enum class Color { red, green_ };
BOOST_DESCRIBE_ENUM(Color, red, green_)

struct Inner {
  std::string text;
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (text, number))

struct Outer {
  std::string name;
  std::optional<bool> flag;
  std::vector<Inner> items;
  std::map<std::string, std::int64_t> counts;
  http::Nullable<Color> color;
  http::Patch<std::string> patch;
  std::optional<std::vector<std::vector<std::string>>> lists;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (name, flag, items, counts, color, patch, lists))

}  // namespace

// What decodes is written and decoded again without a change; what does not names a field or the whole.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  using parlance::fuzz::require;
  auto const json = parlance::parse_json({reinterpret_cast<char const*>(data), size});
  if (!json) return 0;
  auto const value = http::decode<Outer>(*json);
  if (!value) {
    require(value.error().code == parlance::Errc::invalid_argument && !value.error().message.empty());
    return 0;
  }
  auto const text = http::encode_json(*value);
  auto const again = parlance::parse_json(text);
  require(again.has_value());
  auto const read = http::decode<Outer>(*again);
  require(read && http::encode_json(*read) == text);
  return 0;
}
