#include "dialects/structchat/anons.h"

#include <array>
#include <string>

#include "dialects/structchat/wire.h"

namespace parlance::structchat {
namespace {

constexpr std::array<std::string_view, 40> kSurnames = {
    "adams",  "baker",  "brown",    "carter", "clark",   "collins", "cooper", "davis",  "evans",  "fisher",
    "foster", "garcia", "gibson",   "gray",   "hall",    "harris",  "hughes", "jones",  "kelly",  "king",
    "lee",    "lopez",  "marshall", "mason",  "morgan",  "murphy",  "nelson", "owens",  "parker", "perry",
    "reed",   "rivera", "rogers",   "scott",  "stewart", "turner",  "walker", "watson", "wood",   "young"};

constexpr std::array<std::string_view, 26> kWords = {
    "alpha",   "bravo", "charlie", "delta",  "echo",     "foxtrot", "golf",   "hotel",  "india",
    "juliett", "kilo",  "lima",    "mike",   "november", "oscar",   "papa",   "quebec", "romeo",
    "sierra",  "tango", "uniform", "victor", "whiskey",  "xray",    "yankee", "zulu"};

std::string name_of(std::string_view surname, std::string_view word) {
  std::string name(surname);
  name += '-';
  return name += word;
}

std::string anons_text() {
  return data_reply([](JsonWriter& out) {
    out.begin_object();
    for (auto const surname : kSurnames) {
      out.key(name_of(surname, kWords.front())).begin_array();
      for (auto const word : kWords) out.value(name_of(surname, word));
      out.end_array();
    }
    out.end_object();
  });
}

}  // namespace

Task<Result<http::Response>> list_anons(Gateway&, http::Request&) {
  static std::string const kText = anons_text();
  co_return reply(kText);
}

}  // namespace parlance::structchat
