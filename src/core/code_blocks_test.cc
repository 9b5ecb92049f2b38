#include "core/code_blocks.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance::core {
namespace {

/// "codeaction(body) …": what was found.
std::string found(std::string_view text) {
  std::string shown;
  for (auto const& block : find_code_blocks(text)) {
    if (!shown.empty()) shown += ' ';
    switch (block.kind) {
      case BlockKind::codeaction: shown += "action("; break;
      case BlockKind::approvecodeaction: shown += "approve("; break;
      case BlockKind::coderesult: shown += "result("; break;
    }
    shown += std::string(text.substr(block.body_begin, block.body_end - block.body_begin)) + ")";
  }
  return shown;
}

TEST(CodeBlocks, AreFoundWithTheirBodies) {
  EXPECT_EQ(found("Hi:\n```codeaction\nlocal x\n```\nbye"), "action(local x\n)");
  EXPECT_EQ(found("```approvecodeaction\n```"), "approve()");
  EXPECT_EQ(found("```coderesult\na\n```\n```codeaction\r\nb\r\n```\r\n"), "result(a\n) action(b\r\n)");
  EXPECT_EQ(found("```codeaction\nx = '```'\n```"), "action(x = '```'\n)");
}

TEST(CodeBlocks, AreNothingButTheirExactName) {
  for (auto const* text : {"```codeaction \nx\n```", "``` codeaction\nx\n```", "```Codeaction\nx\n```",
                           "```codeaction lua\nx\n```", "````codeaction\nx\n````", " ```codeaction\nx\n ```",
                           "``codeaction\nx\n``", "x ```codeaction\nx\n```", "~~~codeaction\nx\n~~~"}) {
    EXPECT_EQ(found(text), "") << text;
  }
}

TEST(CodeBlocks, ThatAreNeverClosedAreText) {
  EXPECT_EQ(found("```codeaction\nx"), "");
  EXPECT_EQ(found("```codeaction\nx```"), "");
  EXPECT_EQ(found("```codeaction"), "");
  EXPECT_EQ(found("````\n```codeaction\nx\n```"), "action(x\n)");
}

TEST(CodeBlocks, InsideOfOtherFencesAreText) {
  EXPECT_EQ(found("```lua\n```codeaction\nx\n```"), "");
  EXPECT_EQ(found("````\n```codeaction\nx\n```\n````"), "");
  EXPECT_EQ(found("```\n```\n```codeaction\nx\n```"), "action(x\n)");
}

TEST(RestoreCode, PutsHiddenProgramsBack) {
  auto const before = programs_in("```codeaction\n1\n```\n```codeaction\n2\n2\n```");
  EXPECT_EQ(restore_code("a\n```codeaction\n[code hidden]\n```\n```codeaction\n new\n```", before),
            "a\n```codeaction\n1\n```\n```codeaction\n new\n```");
  EXPECT_EQ(restore_code("```coderesult\n[code hidden]\n```\n```codeaction\n[code hidden]\n```", before),
            "```coderesult\n[code hidden]\n```\n```codeaction\n1\n```");
  EXPECT_EQ(restore_code("no code", before), "no code");
  EXPECT_EQ(restore_code("```codeaction\n[code hidden]\n```", {}), "```codeaction\n[code hidden]\n```");
}

TEST(HideCode, LeavesEverythingButTheCode) {
  EXPECT_EQ(hide_code("a\n```codeaction\nsecret\n```\nb"), "a\n```codeaction\n[code hidden]\n```\nb");
  EXPECT_EQ(hide_code("```coderesult\n```"), "```coderesult\n[code hidden]\n```");
  EXPECT_EQ(hide_code("```approvecodeaction\nwhy not\n```"), "```approvecodeaction\nwhy not\n```");
  EXPECT_EQ(hide_code("```codeaction\nsecret"), "```codeaction\nsecret");
  auto const hidden = hide_code("```codeaction\n1\n```\n```codeaction\n2\n```");
  EXPECT_EQ(hidden, "```codeaction\n[code hidden]\n```\n```codeaction\n[code hidden]\n```");
  EXPECT_EQ(hide_code(hidden), hidden);
}

TEST(AddResultBlocks, PutsOneAfterEachProgram) {
  EXPECT_EQ(add_result_blocks("Let's process this:\n```codeaction\n[code hidden]\n```"),
            "Let's process this:\n```codeaction\n[code hidden]\n```\n```coderesult\n[code hidden]\n```");
  EXPECT_EQ(add_result_blocks("```codeaction\nx\n```\nend\n"),
            "```codeaction\nx\n```\n```coderesult\n[code hidden]\n```\nend\n");
}

TEST(CodeBlocks, OfAHostileTextAreFoundInLinearTime) {
  std::string text;
  while (text.size() < 4'000'000) text += "```a\n";
  EXPECT_EQ(found(text), "");
}

}  // namespace
}  // namespace parlance::core
