#include "core/code_blocks.h"

#include <algorithm>
#include <string>

#include "slices.h"

namespace {

using parlance::fuzz::require;
namespace core = parlance::core;

void check_order(std::string_view text, std::vector<core::CodeBlock> const& blocks) {
  std::size_t at = 0;
  for (auto const& block : blocks) {
    require(block.begin >= at && block.body_begin > block.begin);
    require(block.body_end >= block.body_begin && block.end > block.body_end && block.end <= text.size());
    require(text.substr(block.begin).starts_with("```") && text.substr(block.body_end).starts_with("```"));
    at = block.end;
  }
}

std::string_view body_of(std::string_view text, core::CodeBlock const& block) {
  return text.substr(block.body_begin, block.body_end - block.body_begin);
}

}  // namespace

// Blocks lie in the text one after the other. The hidden text has the same ones with nothing in them, stays as it is
// when it is hidden again, and takes one result for each program.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const blocks = core::find_code_blocks(text);
  check_order(text, blocks);
  auto const hidden = core::hide_code(text);
  auto const hidden_blocks = core::find_code_blocks(hidden);
  require(hidden_blocks.size() == blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    require(hidden_blocks[i].kind == blocks[i].kind);
    bool const is_open = blocks[i].kind == core::BlockKind::approvecodeaction;
    require(body_of(hidden, hidden_blocks[i]) == (is_open ? body_of(text, blocks[i]) : "[code hidden]\n"));
  }
  require(core::hide_code(hidden) == hidden);
  auto const programs = std::ranges::count(blocks, core::BlockKind::codeaction, &core::CodeBlock::kind);
  auto const extended = core::add_result_blocks(hidden);
  require(core::find_code_blocks(extended).size() == blocks.size() + static_cast<std::size_t>(programs));
  require(core::hide_code(extended) == extended);
  return 0;
}
