#include "core/personal.h"

#include "core/events.h"
#include "core/members.h"
#include "core/preferences.h"
#include "core/reads.h"
#include "core/relay.h"
#include "core/streams.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

class PersonalTest : public VerbsTest {
 protected:
  ConversationId stream_of(Caller const& caller) {
    return must([&](Transaction& tx) { return open_personal_stream(tx, tenant(), caller.user); }).id;
  }

  /// "offset:kind@conversation" of each event in a user's stream.
  std::string notes(Caller const& caller) {
    auto const stream = stream_of(caller);
    auto const page = must([&](Transaction& tx) { return read_events(tx, tenant(), stream, 0, 0, 100); });
    std::string text;
    for (auto const& live : page.events) {
      auto const cause = parse_personal(live.event.data);
      text += fmt::format("{}:{}{} ", live.event.offset, static_cast<int>(cause->kind),
                          live.conversation && live.conversation->id == cause->conversation ? "" : "?");
    }
    return text;
  }
};

TEST_P(PersonalTest, NotesWhatConcernsAUserWhoAskedForIt) {
  auto const ann = user("ann");
  auto const ben = user("ben");
  stream_of(ben);
  auto const room = group({ann, ben});
  auto const first = send(ben, room, "question");
  must([&](Transaction& tx) {
    return send_message(tx, ann, {.conversation = room, .text = "answer", .reply_to = first.id});
  });
  must([&](Transaction& tx) { return update_conversation(tx, ann, room, {.name = "new"}); });
  ASSERT_TRUE(run([&](Transaction& tx) { return mark_read(tx, ben, room, 1, 2); }));
  ASSERT_TRUE(run([&](Transaction& tx) { return remove_member(tx, ann, room, ben.user); }));
  EXPECT_EQ(notes(ben), "1:9 2:1 3:15 4:13 5:10 ");
  // Nobody asked for ann's: it begins empty.
  EXPECT_EQ(notes(ann), "");
}

TEST_P(PersonalTest, MentionsAreNotedForWhoWantsToHearOfThem) {
  auto const ann = user("ann");
  auto const ben = user("ben");
  stream_of(ben);
  auto const room = group({ann, ben});
  auto const prefer = [&](PreferencesChange const& change) {
    must([&](Transaction& tx) { return change_preferences(tx, ben, room, change); });
  };
  auto const mention = [&](std::string const& text) {
    must([&](Transaction& tx) {
      return send_message(tx, ann, {.conversation = room, .text = text, .mentions = {ben.user}});
    });
  };
  auto const before = notes(ben);
  prefer({.notify_level = model::NotifyLevel::none});
  mention("level none");
  prefer({.notify_level = model::NotifyLevel::everyone});
  mention("level everyone");
  mention("@everyone, and ben");
  prefer({.notify_level = model::NotifyLevel::mentions});
  mention("level mentions");
  prefer({.mute_until = kMutedForEver});
  mention("muted");
  prefer({.mute_until = 0});
  mention("heard again");
  EXPECT_EQ(notes(ben), before + "2:12 3:12 4:1 5:12 6:1 7:12 8:12 9:1 ");
  // Whatever is not told is still unread.
  auto const encounter = must([&](Transaction& tx) { return meet(tx, ben, room); });
  EXPECT_EQ(must([&](Transaction& tx) { return count_unread(tx, ben, encounter); }).mentions, 6);
}

TEST_P(PersonalTest, AStreamIsInNoListAndHoldsNoEventOfItsOwn) {
  auto const ann = user("ann");
  auto const stream = must([&](Transaction& tx) { return open_personal_stream(tx, tenant(), ann.user); });
  EXPECT_EQ(stream.last_offset, 0);
  EXPECT_EQ(stream.id, stream_of(ann));
  EXPECT_TRUE(must([&](Transaction& tx) { return list_joined(tx, ann, 10, 0); }).empty());
}

TEST_P(PersonalTest, PublicationsHavePlacesAndKeys) {
  auto const put = [&](std::string_view key, std::string_view idempotency_key, bool is_stored = true) {
    auto const place = must(
        [&](Transaction& tx) { return publish(tx, tenant(), {key, R"({"data":1})", is_stored, idempotency_key}); });
    return place.offset;
  };
  EXPECT_EQ(put("news:a", ""), 1);
  EXPECT_EQ(put("news:a", "k"), 2);
  EXPECT_EQ(put("news:a", "k"), 2);
  EXPECT_EQ(put("news:b", "k"), 1);
  EXPECT_EQ(put("news:a", "", false), 0);
  EXPECT_EQ(put("news:a", ""), 3);
}

TEST_P(PersonalTest, AConversationsKeyIsNoStream) {
  auto const ann = user("ann");
  auto const ben = user("ben");
  must([&](Transaction& tx) {
    return create_conversation(tx, ann, {.kind = model::ConversationKind::dm, .members = {ann.user, ben.user}});
  });
  EXPECT_FALSE(must([&](Transaction& tx) { return find_stream(tx, tenant(), "dm:ann:ben"); }));
  EXPECT_TRUE(error_of([&](Transaction& tx) { return open_stream(tx, tenant(), "dm:ann:ben"); }).starts_with("4 "));
}

TEST_P(PersonalTest, RelayingBeginsWithWhatComesAfterIt) {
  auto const ann = user("ann");
  auto const room = group({ann});
  ASSERT_TRUE(run(begin_relaying));
  auto const due = [&] { return must([](Transaction& tx) { return list_unrelayed(tx, 10); }).size(); };
  EXPECT_EQ(due(), 0U);
  send(ann, room, "new");
  EXPECT_EQ(due(), 1U);
  RelayedConversation const which{tenant(), room};
  auto const before = must([&](Transaction& tx) { return relayed_through(tx, which); });
  ASSERT_TRUE(run([&](Transaction& tx) { return set_relayed_through(tx, which, before + 1); }));
  EXPECT_EQ(due(), 0U);
  ASSERT_TRUE(run(begin_relaying));
  send(ann, room, "newer");
  EXPECT_EQ(due(), 1U);
}

PARLANCE_TEST_ON_EVERY_ENGINE(PersonalTest);

}  // namespace
}  // namespace parlance::core
