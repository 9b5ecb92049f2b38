#include "actions/engine.h"

#include <atomic>
#include <thread>

#include "core/code_blocks.h"
#include "core/message_log.h"
#include "core/testing.h"

namespace parlance::actions {
namespace {

/// Anna and Bert in a room where nothing needs an approval, unless a test says so.
class EngineTest : public core::VerbsTest {
 protected:
  void SetUp() override {
    core::VerbsTest::SetUp();
    if (IsSkipped()) return;
    reads_ = *storage::ReadPool::open(*database());
    engine_ = std::make_unique<Engine>(lanes(), *reads_);
    anna_ = user("anna");
    bert_ = user("bert");
    room_ = group({anna_, bert_});
    set_policy(false);
  }

  void TearDown() override {
    engine_.reset();
    reads_.reset();
    core::VerbsTest::TearDown();
  }

  void set_policy(bool approve_all) {
    model::TenantSettings settings;
    settings.action_policy.approve_all = approve_all;
    must([&](storage::Transaction& tx) { return core::update_tenant(tx, tenant(), {.settings = settings}); });
  }

  static std::string program(std::string const& code) { return "```codeaction\n" + code + "\n```"; }

  model::Job job_of(model::Message const& message, std::int64_t attempts = 1) {
    auto const payload =
        fmt::format(R"({{"conversation":{},"message":{}}})", message.conversation.value, message.id.value);
    return {.tenant = tenant(), .kind = std::string(core::kActionJob), .payload = payload, .attempts = attempts};
  }

  /// The outcome of all runs of the message.
  std::string run_all(model::Message const& message, std::int64_t attempts = 1) {
    auto const done = engine_->run(job_of(message, attempts));
    return done ? "" : done.error().message;
  }

  std::int64_t count(std::string const& sql) {
    return must([&](storage::Transaction& tx) {
      return tx.one(sql, {}, [](storage::Row const& row) { return row.integer(0); });
    });
  }

  /// The messages of the room, oldest first, with " | " between.
  std::string log() {
    auto const texts = must([&](storage::Transaction& tx) {
      return tx.all("SELECT text FROM messages WHERE conversation_id = $1 AND deleted_at = 0 ORDER BY seq", {room_},
                    [](storage::Row const& row) { return std::string(row.text(0)); });
    });
    std::string shown;
    for (auto const& text : texts) {
      if (!shown.empty()) shown += " | ";
      if (text == core::kResultText) {
        shown += "result";
      } else if (text.starts_with("```codeaction")) {
        shown += text.contains("coderesult") ? "program with result" : "program";
      } else {
        shown += text;
      }
    }
    return shown;
  }

  std::unique_ptr<storage::ReadPool> reads_;
  std::unique_ptr<Engine> engine_;
  core::Caller anna_;
  core::Caller bert_;
  ConversationId room_;
};
PARLANCE_TEST_ON_EVERY_ENGINE(EngineTest);

TEST_P(EngineTest, RunsEachProgramOnceHoweverOftenItsJobIsRun) {
  auto const message = send(anna_, room_, program("objects.create('invoice', {}) thread.post('done')"));
  EXPECT_EQ(log(), "program");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run_all(message), "");
  EXPECT_EQ(log(), "program with result | done | result");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 1);
}

TEST_P(EngineTest, RunsEachProgramOnceHoweverManyTryAtTheSameTime) {
  auto const message = send(anna_, room_, program("objects.create('invoice', {}) thread.post('done')"));
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { failed += run_all(message).empty() ? 0 : 1; });
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(log(), "program with result | done | result");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 1);
}

TEST_P(EngineTest, LosesNoneOfManyChangesOfOneObject) {
  auto const first = send(anna_, room_, program("objects.create('counter', {n = 0})"));
  ASSERT_EQ(run_all(first), "");
  std::vector<model::Message> messages;
  for (int i = 0; i < 4; ++i) {
    messages.push_back(
        send(anna_, room_, program("objects.update('counter', 1, {n = objects.get('counter', 1).n + 1})")));
  }
  {
    std::vector<std::jthread> threads;
    for (auto const& message : messages) threads.emplace_back([&] { run_all(message); });
  }
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects WHERE fields = '{\"n\":4}'"), 1);
}

TEST_P(EngineTest, GivesUpWhatWasInterruptedTooOftenAndTellsOfIt) {
  auto const message = send(anna_, room_, program("objects.create('invoice', {})"));
  EXPECT_EQ(run_all(message, 6), "");
  EXPECT_EQ(log(), "program | The action failed in its preview: it was interrupted too often.");
  EXPECT_EQ(run_all(message), "");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_runs WHERE state = 0"), 0);
}

TEST_P(EngineTest, DoesNothingAfterAnEditOrADeletion) {
  auto const edited = send(anna_, room_, program("objects.create('invoice', {})"));
  must([&](storage::Transaction& tx) {
    return core::edit_message(tx, anna_, room_, edited.id, {.text = program("objects.create('bribe', {})")});
  });
  EXPECT_EQ(run_all(edited), "");
  auto const deleted = send(anna_, room_, program("objects.create('invoice', {})"));
  must([&](storage::Transaction& tx) {
    return core::delete_message(tx, anna_, room_, deleted.id, core::DeleteRight::author_only);
  });
  EXPECT_EQ(run_all(deleted), "");
  EXPECT_EQ(log(), "program");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_runs WHERE state = 0"), 0);
}

TEST_P(EngineTest, RunsTheProgramsOfAMessageInTheirOrder) {
  auto const message = send(anna_, room_,
                            program("objects.create('a', {})") + "\n" + program("error('no')") + "\n" +
                                program("objects.create('a', {n = #objects.query('a')})"));
  EXPECT_EQ(run_all(message), "");
  EXPECT_EQ(log(), "program with result | The action failed in its preview: action:1: no. | result | result");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects WHERE id = 2 AND fields = '{\"n\":1}'"), 1);
}

TEST_P(EngineTest, WaitsForTheApprovalOfWhateverIsToBeApproved) {
  set_policy(true);
  auto const message =
      send(anna_, room_, program("objects.create('invoice', {}) thread.post('for ' .. user.info().user_id)"));
  EXPECT_EQ(run_all(message), "");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 0);
  send(bert_, room_, "```approvecodeaction\n```");
  EXPECT_EQ(run_all(message), "");
  EXPECT_EQ(log(), "program with result | ```approvecodeaction\n``` | for anna | result");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 1);
  EXPECT_EQ(error_of([&](storage::Transaction& tx) {
              return core::send_message(tx, bert_, {.conversation = room_, .text = "```approvecodeaction\n```"});
            }),
            "4 [text] the last codeaction has been run already");
}

TEST_P(EngineTest, RefusesMoreProgramsWhileVeryManyAreWaiting) {
  std::vector<model::Message> waiting;
  for (std::size_t i = 0; i < core::kMaxWaitingRuns; ++i) waiting.push_back(send(anna_, room_, program("log(1)")));
  auto const refused = run([&](storage::Transaction& tx) {
    return core::send_message(tx, anna_, {.conversation = room_, .text = program("log(1)")});
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::rate_limited);
  EXPECT_GT(refused.error().retry_after_seconds, 0);
  send(anna_, room_, "text is not code");
  EXPECT_EQ(run_all(waiting.front()), "");
  send(anna_, room_, program("log(1)"));
}

TEST_P(EngineTest, WritesNothingOfARunThatMayNotPostItsResult) {
  set_policy(true);
  auto const message = send(anna_, room_, program("objects.create('invoice', {})"));
  EXPECT_EQ(run_all(message), "");
  send(bert_, room_, "```approvecodeaction\n```");
  must([&](storage::Transaction& tx) -> Result<void> {
    TRY(tx.execute("UPDATE conversations SET archived_at = 1 WHERE id = $1", {room_}));
    return {};
  });
  EXPECT_EQ(run_all(message), "");
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_objects"), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM action_runs WHERE state = 2"), 1);
}

}  // namespace
}  // namespace parlance::actions
