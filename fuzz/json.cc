#include "base/json.h"

#include <boost/json/serialize.hpp>

#include "base/text.h"
#include "slices.h"

// What parses is UTF-8 and can be written; every text survives quoting. (Boost.JSON 1.81 reads numbers of many digits
// imprecisely and overflowing ones as infinity, so values are not compared.)
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  using parlance::fuzz::require;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const value = parlance::parse_json(text);
  if (value) {
    require(parlance::is_utf8(text));
    require(!boost::json::serialize(*value).empty());
  }
  if (parlance::is_utf8(text)) {
    std::string quoted;
    parlance::append_json_string(quoted, text);
    auto const read = parlance::parse_json(quoted);
    require(read && read->is_string() && std::string_view(read->get_string()) == text);
  }
  return 0;
}
