#include "http/multipart.h"

#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace http = parlance::http;

// What the parser says to `body` fed in slices, as text with the data of one part joined.
std::string read(std::string_view body, std::size_t longest) {
  auto parser =
      http::MultipartParser::create("multipart/form-data; boundary=XX", {.header_bytes = 200, .part_count = 5});
  require(parser.has_value());
  std::string out;
  bool failed = false;
  bool in_part = false;
  parlance::fuzz::for_each_slice(body, longest, [&](std::string_view input) {
    while (!failed && !input.empty()) {
      auto const step = parser->next(input);
      if (!step) {
        out += "!" + step.error().message;
        failed = true;
      } else if (*step) {
        auto const& event = **step;
        auto const is_data = event.kind == http::MultipartEvent::Kind::data;
        require(is_data != event.data.empty());
        if (is_data) {
          require(in_part);
          out += event.data;
        } else {
          in_part = event.kind == http::MultipartEvent::Kind::part_begin;
          out += "\n" + std::to_string(static_cast<int>(event.kind)) + event.part.name;
          out += event.part.filename.value_or("") + event.part.content_type;
        }
      }
    }
  });
  return out + (parser->finish() ? "." : "?");
}

}  // namespace

// The first byte picks a slice length: the events must not depend on it.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const body(reinterpret_cast<char const*>(data) + 1, size - 1);
  require(read(body, data[0]) == read(body, body.size()));
  auto const content_type = "multipart/form-data" + std::string(body.substr(0, 200));
  (void)http::MultipartParser::create(content_type);
  return 0;
}
