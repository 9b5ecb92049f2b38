#include "app/import_progress.h"

#include <gtest/gtest.h>

namespace parlance::app {
namespace {

std::string bar(std::int64_t done, std::int64_t total, int width = 80) {
  slack::Counts counts;
  counts.messages = 7;
  counts.already_here = 3;
  return progress_bar({"general", done, total, false, &counts}, width);
}

TEST(ImportProgress, FillsWithWhatIsDone) {
  EXPECT_EQ(bar(0, 100), "[                              ]   0 %  10 messages  general");
  EXPECT_EQ(bar(50, 100), "[###############               ]  50 %  10 messages  general");
  EXPECT_EQ(bar(100, 100), "[##############################] 100 %  10 messages  general");
  EXPECT_EQ(bar(0, 0), "[##############################] 100 %  10 messages  general") << "an export without days";
}

TEST(ImportProgress, FitsTheTerminal) {
  EXPECT_EQ(bar(0, 100, 12), "[          ");
  EXPECT_EQ(bar(0, 100, 0), "");
}

}  // namespace
}  // namespace parlance::app
