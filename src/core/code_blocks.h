#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::core {

/// Fenced blocks of a message that mean something to the server.
enum class BlockKind {
  codeaction,         ///< a program to run
  approvecodeaction,  ///< lets the last program of the conversation write
  coderesult,         ///< what came of one
};

/// Byte positions in the text.
struct CodeBlock {
  BlockKind kind = BlockKind::codeaction;
  std::size_t begin = 0;       ///< of the opening fence
  std::size_t body_begin = 0;  ///< past the opening fence's line
  std::size_t body_end = 0;    ///< of the closing fence
  std::size_t end = 0;         ///< past the closing fence, its line break not included
};

/// Every code block, in order. A fence is a line that begins with three or more backticks. The opening one of a block
/// has exactly three and then exactly the block's name; the closing one has nothing after it. Whatever else is fenced
/// is passed over as a whole, so a block inside of it is none, and a fence that is never closed is text. Linear in the
/// text's length, but for texts made of fences of many different lengths. Any thread.
std::vector<CodeBlock> find_code_blocks(std::string_view text);

/// What stands in place of code.
inline constexpr std::string_view kHiddenCode = "[code hidden]";

/// The text as it may be shown: the bodies of codeaction and coderesult are kHiddenCode. Hiding twice is hiding once.
std::string hide_code(std::string_view text);

/// The bodies of the codeaction blocks, in order.
std::vector<std::string> programs_in(std::string_view text);

/// An edited text with its programs put back: a codeaction whose body still says kHiddenCode gets the program that
/// stood at its place in `programs`.
std::string restore_code(std::string_view edited, std::vector<std::string> const& programs);

/// The hidden text of a message after its programs have run: a coderesult follows each codeaction.
std::string add_result_blocks(std::string_view text);

/// A message that is nothing but a result.
inline constexpr std::string_view kResultText = "```coderesult\n[code hidden]\n```";

}  // namespace parlance::core
