#include "app/import_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"

namespace parlance::app {

namespace {

constexpr int kUsualWidth = 80;
constexpr std::int64_t kBetweenBars = kSecond / 20;

int width_of(std::FILE* terminal) {
  winsize size{};
  bool const is_known = ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : kUsualWidth;
}

std::int64_t seen(slack::Counts const& counts) { return counts.messages + counts.changed + counts.already_here; }

}  // namespace

std::string progress_bar(slack::Standing const& standing, int width) {
  constexpr int kBarWidth = 30;
  auto const share = standing.total_bytes == 0
                         ? 1.0
                         : static_cast<double>(standing.done_bytes) / static_cast<double>(standing.total_bytes);
  auto const filled = std::clamp(static_cast<int>(share * kBarWidth), 0, kBarWidth);
  auto const text =
      fmt::format("[{:<{}}] {:3} %  {} messages  {}", std::string(static_cast<std::size_t>(filled), '#'), kBarWidth,
                  static_cast<int>(share * 100), seen(*standing.counts), standing.conversation);
  return std::string(truncate_utf8(text, static_cast<std::size_t>(std::max(width - 1, 0))));
}

ImportProgress::ImportProgress(std::FILE* out) : out_(out), is_terminal_(isatty(fileno(out)) == 1) {}

ImportProgress::~ImportProgress() {
  if (has_bar_) fmt::print(out_, "\n");
}

void ImportProgress::show(slack::Standing const& standing) {
  if (is_terminal_) {
    bool const is_last = standing.is_conversation_done && standing.done_bytes == standing.total_bytes;
    bool const is_due = monotonic_now() - drawn_at_ >= kBetweenBars;
    if (is_due || is_last) draw_bar(standing);
    return;
  }
  if (!standing.is_conversation_done) return;
  auto const messages = seen(*standing.counts);
  fmt::print(out_, "{}: {} messages\n", standing.conversation, messages - messages_before_);
  std::fflush(out_);
  messages_before_ = messages;
}

void ImportProgress::draw_bar(slack::Standing const& standing) {
  fmt::print(out_, "\r\x1b[K{}", progress_bar(standing, width_of(out_)));
  std::fflush(out_);
  has_bar_ = true;
  drawn_at_ = monotonic_now();
}

}  // namespace parlance::app
