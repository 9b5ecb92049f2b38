#include <string>

#include "base/text.h"
#include "slack/json_list.h"
#include "slack/records.h"
#include "slack/text.h"
#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace slack = parlance::slack;

/// One user is known; whoever that is, the text says the same and mentions nobody new.
void check_text(std::string const& text) {
  auto const mentioned = slack::mentioned_in(text);
  auto const nobody = [](std::string_view) { return std::optional<parlance::UserId>(); };
  require(slack::respell_mentions(text, nobody) == text);
  if (mentioned.empty()) return;
  auto const first = [&](std::string_view id) -> std::optional<parlance::UserId> {
    if (id == mentioned.front()) return parlance::UserId{1};
    return std::nullopt;
  };
  require(slack::respell_mentions(text, first).contains("<@4N1>"));
}

void check_pieces(std::string const& text) {
  std::string whole;
  for (auto const& piece : slack::cut_text(text, 16)) {
    require(piece.size() <= 16 && parlance::is_utf8(piece));
    whole += piece;
  }
  require(whole == text);
}

void check_message(slack::Message const& message) {
  require(slack::parse_ts(message.ts) == message.created_at && message.created_at >= 0);
  require(!message.author.id.empty() && !message.text.contains('\0'));
  check_text(message.text);
  check_pieces(message.text);
  require(parlance::is_utf8(slack::describe_files(message.files)));
}

}  // namespace

// A day of an export. Whatever the bytes are, they are a list up to somewhere; and what is read as a message is one
// that can be brought in.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  slack::JsonList list(std::string_view(reinterpret_cast<char const*>(data), size));
  std::int64_t count = 0;
  while (true) {
    auto const value = list.next();
    if (!value || !*value) break;
    require(list.number() == ++count);
    if (auto const message = slack::read_message(**value)) check_message(*message);
    static_cast<void>(slack::read_user(**value));
    static_cast<void>(slack::read_channel(**value, slack::Place::channel));
  }
  return 0;
}
