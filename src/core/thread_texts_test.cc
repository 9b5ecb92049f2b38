#include "core/thread_texts.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "core/threads.h"

namespace parlance::core {
namespace {

class ThreadTextsOf : public VerbsTest {
 protected:
  /// A thread of Alice's with two messages, and what is made of them.
  model::Message begin(std::string const& subject) {
    alice_ = user("alice");
    NewConversation channel;
    channel.kind = model::ConversationKind::channel;
    auto const lies_in =
        must([&](storage::Transaction& tx) { return create_conversation(tx, alice_, channel); }).conversation.id;
    auto const made = must([&](storage::Transaction& tx) {
      return create_thread(tx, alice_, {.text = "A zebra. #stripes", .channels = {lies_in}, .subject = subject});
    });
    thread_ = made.thread.id;
    send(alice_, thread_, "A horse.");
    must([&](storage::Transaction& tx) -> Result<bool> {
      auto const thread = TRY(find_conversation(tx, tenant(), thread_));
      TRY(set_thread_texts(tx, *thread, {.subject = "A zebra", .summary = "A zebra.", .tags = {"stripes"}}));
      return true;
    });
    return made.message;
  }

  std::string shown() {
    return must([&](storage::Transaction& tx) -> Result<std::string> {
      auto const thread = TRY(find_conversation(tx, tenant(), thread_));
      auto text = fmt::format("{}|{}|", thread->subject, thread->summary);
      for (auto const& [tag, count] : TRY(list_tags(tx, alice_, 10))) text += tag;
      return text;
    });
  }

  void remove(model::Message const& message) {
    must([&](storage::Transaction& tx) {
      return delete_message(tx, alice_, message.conversation, message.id, DeleteRight::author_only);
    });
  }

  void edit(model::Message const& message, MessageEdit const& edit) {
    must([&](storage::Transaction& tx) { return edit_message(tx, alice_, message.conversation, message.id, edit); });
  }

  Caller alice_;
  ConversationId thread_;
};

TEST_P(ThreadTextsOf, GoWithADeletedMessage) {
  auto const first = begin("");
  EXPECT_EQ("A zebra|A zebra.|stripes", shown());
  remove(first);
  EXPECT_EQ("||", shown());
}

TEST_P(ThreadTextsOf, GoWithATextThatWasEditedAway) {
  auto const first = begin("");
  edit(first, {.style = model::TextStyle::quote});
  EXPECT_EQ("A zebra|A zebra.|stripes", shown());
  edit(first, {.text = "A donkey."});
  EXPECT_EQ("||", shown());
}

TEST_P(ThreadTextsOf, KeepTheSubjectThatSomebodyHasGiven) {
  remove(begin("Animals"));
  EXPECT_EQ("Animals||", shown());
}

PARLANCE_TEST_ON_EVERY_ENGINE(ThreadTextsOf);

}  // namespace
}  // namespace parlance::core
