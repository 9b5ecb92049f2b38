#include "core/code_blocks.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.h"

namespace parlance::core {

namespace {

constexpr std::size_t kFenceTicks = 3;

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;   ///< without its line break
  std::size_t next = 0;  ///< where the next one begins; past the text's end for the last one
};

Line line_at(std::string_view text, std::size_t begin) {
  auto const feed = text.find('\n', begin);
  auto end = std::min(feed, text.size());
  auto const next = feed == std::string_view::npos ? text.size() + 1 : feed + 1;
  if (end > begin && text[end - 1] == '\r') --end;
  return {begin, end, next};
}

/// A line that opens or closes a fenced block.
struct Fence {
  std::size_t ticks = 0;
  std::string_view info;
};

std::optional<Fence> fence_of(std::string_view line) {
  auto const ticks = std::min(line.find_first_not_of('`'), line.size());
  if (ticks < kFenceTicks) return std::nullopt;
  Fence const fence{ticks, line.substr(ticks)};
  if (fence.info.contains('`')) return std::nullopt;
  return fence;
}

std::optional<BlockKind> kind_of(Fence const& fence) {
  if (fence.ticks != kFenceTicks) return std::nullopt;
  if (fence.info == "codeaction") return BlockKind::codeaction;
  if (fence.info == "approvecodeaction") return BlockKind::approvecodeaction;
  if (fence.info == "coderesult") return BlockKind::coderesult;
  return std::nullopt;
}

std::optional<Line> find_closing(std::string_view text, std::size_t from, std::size_t ticks) {
  for (auto begin = from; begin <= text.size();) {
    auto const line = line_at(text, begin);
    auto const fence = fence_of(text.substr(line.begin, line.end - line.begin));
    bool const closes =
        fence && fence->ticks >= ticks && fence->info.find_first_not_of(" \t") == std::string_view::npos;
    if (closes) return line;
    begin = line.next;
  }
  return std::nullopt;
}

std::string_view body_of(std::string_view text, CodeBlock const& block) {
  return text.substr(block.body_begin, block.body_end - block.body_begin);
}

bool is_hidden(BlockKind kind) { return kind != BlockKind::approvecodeaction; }

}  // namespace

std::vector<CodeBlock> find_code_blocks(std::string_view text) {
  std::vector<CodeBlock> blocks;
  // No fence of as many ticks is closed any more: looking again for each would take quadratic time.
  auto never_closed = std::numeric_limits<std::size_t>::max();
  for (std::size_t begin = 0; begin < text.size();) {
    auto const opening = line_at(text, begin);
    begin = opening.next;
    auto const fence = fence_of(text.substr(opening.begin, opening.end - opening.begin));
    if (!fence || fence->ticks >= never_closed) continue;
    auto const closing = find_closing(text, opening.next, fence->ticks);
    if (!closing) {
      never_closed = fence->ticks;
      continue;
    }
    begin = closing->next;
    if (auto const kind = kind_of(*fence)) {
      blocks.push_back({*kind, opening.begin, opening.next, closing->begin, closing->end});
    }
  }
  return blocks;
}

std::string hide_code(std::string_view text) {
  std::string hidden;
  std::size_t copied = 0;
  for (auto const& block : find_code_blocks(text)) {
    if (!is_hidden(block.kind)) continue;
    hidden += text.substr(copied, block.body_begin - copied);
    hidden += kHiddenCode;
    hidden += '\n';
    copied = block.body_end;
  }
  hidden += text.substr(copied);
  return hidden;
}

std::vector<std::string> programs_in(std::string_view text) {
  std::vector<std::string> programs;
  for (auto const& block : find_code_blocks(text)) {
    if (block.kind == BlockKind::codeaction) programs.emplace_back(body_of(text, block));
  }
  return programs;
}

std::string restore_code(std::string_view edited, std::vector<std::string> const& programs) {
  std::string restored;
  std::size_t copied = 0;
  std::size_t position = 0;
  for (auto const& block : find_code_blocks(edited)) {
    if (block.kind != BlockKind::codeaction || position == programs.size()) continue;
    auto const& program = programs[position++];
    if (trim(body_of(edited, block)) != kHiddenCode) continue;
    restored += edited.substr(copied, block.body_begin - copied);
    restored += program;
    copied = block.body_end;
  }
  restored += edited.substr(copied);
  return restored;
}

std::string add_result_blocks(std::string_view text) {
  std::string extended;
  std::size_t copied = 0;
  for (auto const& block : find_code_blocks(text)) {
    if (block.kind != BlockKind::codeaction) continue;
    extended += text.substr(copied, block.end - copied);
    extended += '\n';
    extended += kResultText;
    copied = block.end;
  }
  extended += text.substr(copied);
  return extended;
}

}  // namespace parlance::core
