#include "search/log_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "search/index_fixture.h"

namespace parlance::search {
namespace {

/// Stretches of a log: every change once, whatever the limits.
class LogReaderTest : public IndexTest {
 protected:
  /// The texts of all stretches of messages, a bar after each stretch.
  std::string read_all_messages(StretchLimit limit) {
    return commit([&](storage::Transaction& log) -> Result<std::string> {
      std::string told;
      MessageId after;
      for (bool is_last = false; !is_last;) {
        auto const stretch = TRY(read_messages(log, after, limit));
        for (auto const& message : stretch.messages) told += message.text + " ";
        told += "| ";
        is_last = stretch.is_last;
        if (!stretch.messages.empty()) after = stretch.messages.back().message;
      }
      return told;
    });
  }

  /// The same of events, until one adds nothing.
  std::string read_all_events(StretchLimit limit) {
    return commit([&](storage::Transaction& log) -> Result<std::string> {
      std::string told;
      Position after;
      while (true) {
        auto const stretch = TRY(read_events(log, after, limit));
        if (stretch.end == after) return told;
        EXPECT_TRUE(TRY(holds_position(log, stretch.end)));
        for (auto const& change : stretch.changes) told += (change.conversation ? change.text : "gone") + " ";
        told += "| ";
        after = stretch.end;
      }
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Sqlite, LogReaderTest, testing::Values(storage::Engine::sqlite), storage::engine_name);

TEST_P(LogReaderTest, StretchesEndWhereTheirLimitsSay) {
  for (auto const* text : {"aaaa", "bbbb", "cccc", "dddd", "eeee"}) send(text);
  EXPECT_EQ("aaaa bbbb cccc dddd eeee | ", read_all_messages({100, 1000}));
  EXPECT_EQ("aaaa bbbb | cccc dddd | eeee | ", read_all_messages({2, 1000}));
  EXPECT_EQ("aaaa bbbb | cccc dddd | eeee | ", read_all_messages({100, 5}));
  EXPECT_EQ("aaaa | bbbb | cccc | dddd | eeee | ", read_all_messages({100, 1}));
  EXPECT_EQ("aaaa bbbb cccc dddd eeee | | ", read_all_messages({5, 1000}));
  EXPECT_EQ("aaaa bbbb | cccc dddd | eeee | ", read_all_events({2, 1000}));
  EXPECT_EQ("aaaa bbbb | cccc dddd | eeee | ", read_all_events({100, 5}));
}

TEST_P(LogReaderTest, AMessageIsThereOnceInAStretchAsItIsNow) {
  auto const edited = send("before");
  auto const removed = send("removed");
  edit(edited, "after");
  remove(removed);
  EXPECT_EQ("after | ", read_all_messages({100, 1000}));
  EXPECT_EQ("after gone | ", read_all_events({100, 1000}));
  EXPECT_EQ("after gone | after gone | ", read_all_events({2, 1000}));
}

}  // namespace
}  // namespace parlance::search
