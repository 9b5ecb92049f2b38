#include <cstdlib>
#include <map>
#include <random>

#include "core/events.h"
#include "core/members.h"
#include "core/message_log.h"
#include "core/pins.h"
#include "core/reactions.h"
#include "core/reads.h"
#include "core/testing.h"

namespace parlance::core {
namespace {

using storage::Transaction;

/// What a client knows of a conversation, with the position at which it is true.
struct Picture {
  std::int64_t offset = 0;
  std::int64_t epoch = 0;
  std::string name;
  bool archived = false;
  std::map<std::int64_t, std::string> messages;  // by id; a deleted one is not there
  std::map<std::string, std::string> members;    // external id to role
  std::map<std::string, std::string> reads;      // external id to read set

  std::string text() const {
    std::string result = fmt::format("{} {}\n", name, archived);
    for (auto const& [id, message] : messages) result += fmt::format("{} {}\n", id, message);
    for (auto const& [id, role] : members) result += fmt::format("{} {}\n", id, role);
    for (auto const& [id, set] : reads) result += fmt::format("{} read {}\n", id, set);
    return result;
  }
};

std::string drawn(model::Message const& message) {
  std::string result = fmt::format("#{} {} {} edited {} pinned {}", message.seq, message.sender_external_id,
                                   message.text, message.edited_at, message.pinned);
  for (auto const& reaction : message.reactions) result += fmt::format(" {}:{}", reaction.external_id, reaction.emoji);
  return result;
}

/// Replays against `current`, which stands for what a client looks up when an event refers to the conversation.
void apply(Picture& picture, model::LiveEvent const& live, Picture const& current) {
  auto const& event = live.event;
  EXPECT_EQ(event.offset, picture.offset + 1);
  picture.offset = event.offset;
  switch (event.kind) {
    case model::EventKind::message_added:
    case model::EventKind::message_edited:
    case model::EventKind::message_deleted:
    case model::EventKind::message_previewed:
    case model::EventKind::reaction_added:
    case model::EventKind::reaction_removed:
    case model::EventKind::message_pinned:
    case model::EventKind::message_unpinned:
      ASSERT_TRUE(live.message);
      if (live.message->deleted_at != 0) {
        picture.messages.erase(event.message.value);
      } else {
        picture.messages[event.message.value] = drawn(*live.message);
      }
      break;
    case model::EventKind::member_added:
    case model::EventKind::member_updated: picture.members[event.subject_external_id] = event.data; break;
    case model::EventKind::member_removed:
    case model::EventKind::member_left: picture.members.erase(event.subject_external_id); break;
    case model::EventKind::read_moved: picture.reads[event.subject_external_id] = event.data; break;
    case model::EventKind::conversation_created:
    case model::EventKind::conversation_updated:
    case model::EventKind::conversation_archived:
      picture.name = current.name;
      picture.archived = current.archived;
      break;
    case model::EventKind::publication:
    case model::EventKind::personal:
    case model::EventKind::delivered_moved:
    case model::EventKind::notification_created:
    case model::EventKind::user_changed:
    case model::EventKind::tenant_changed:
    case model::EventKind::job_added:
    case model::EventKind::sight_changed: FAIL() << "not of a conversation's log";
  }
}

class ReplayTest : public VerbsTest {
 protected:
  static constexpr int kSteps = 70;

  void SetUp() override {
    VerbsTest::SetUp();
    if (IsSkipped()) return;
    auto const* wanted = std::getenv("PARLANCE_TEST_SEED");
    auto const seed = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : std::random_device{}();
    fmt::print("PARLANCE_TEST_SEED={}\n", seed);
    random_.seed(static_cast<std::mt19937::result_type>(seed));
    for (auto const* name : {"ann", "ben", "cem", "dee"}) users_.push_back(user(name));
    room_ = group(users_);
  }

  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  Caller const& anyone() { return users_[pick(users_.size())]; }
  MessageId any_message() { return messages_.empty() ? MessageId{1} : messages_[pick(messages_.size())]; }

  /// One random step. Many are refused (a stranger sends, an author is another): those must change nothing.
  void step() {
    auto const caller = anyone();
    auto const other = anyone();
    auto const message = any_message();
    switch (pick(12)) {
      case 0:
      case 1:
      case 2: {
        auto sent = run([&](Transaction& tx) {
          return send_message(tx, caller, {.conversation = room_, .text = fmt::format("t{}", pick(1000))});
        });
        if (sent) messages_.push_back(sent->message.id);
        break;
      }
      case 3: run([&](Transaction& tx) { return edit_message(tx, caller, room_, message, {.text = "edited"}); }); break;
      case 4:
        run([&](Transaction& tx) {
          return delete_message(tx, caller, room_, message, DeleteRight::author_or_moderator);
        });
        break;
      case 5:
      case 6:
        run([&, emoji = pick(2) == 0 ? "+1" : "🦉"](Transaction& tx) {
          return change_reaction(tx, caller, room_, message, emoji, ReactionChange::toggle);
        });
        break;
      case 7:
        run([&, change = pick(2) == 0 ? PinChange::pin : PinChange::unpin](Transaction& tx) {
          return change_pin(tx, caller, room_, message, change);
        });
        break;
      case 8:
        run([&, from = static_cast<std::int64_t>(pick(20)), length = static_cast<std::int64_t>(pick(5))](
                Transaction& tx) { return mark_read(tx, caller, room_, from, from + length); });
        break;
      case 9:
        run([&, role = pick(2) == 0 ? model::MemberRole::admin : model::MemberRole::member](Transaction& tx) {
          return add_member(tx, caller, room_, other.user, role);
        });
        break;
      case 10:
        run([&](Transaction& tx) {
          return pick(2) == 0 ? leave(tx, caller, room_) : remove_member(tx, caller, room_, other.user);
        });
        break;
      default:
        run([&](Transaction& tx) {
          return update_conversation(tx, caller, room_, {.name = fmt::format("n{}", messages_.size())});
        });
    }
  }

  /// State and position, read in one transaction.
  Picture look() {
    return must([&](Transaction& tx) -> Result<Picture> {
      auto const encounter = TRY(meet(tx, backend(), room_));
      auto const& conversation = encounter.conversation;
      Picture picture{.offset = conversation.last_offset,
                      .epoch = conversation.epoch,
                      .name = conversation.name.value_or(""),
                      .archived = conversation.archived_at != 0};
      for (auto const& message : TRY(read_messages(tx, encounter, {.limit = 1000}))) {
        picture.messages[message.id.value] = drawn(message);
      }
      for (auto const& caller : users_) {
        auto const member = TRY(find_member(tx, tenant(), room_, caller.user));
        if (!member) continue;
        if (member->membership == model::Membership::member) {
          picture.members[caller.external_id] = role_name(member->role);
        }
        if (!member->read.empty()) picture.reads[caller.external_id] = member->read.format();
      }
      return picture;
    });
  }

  Picture replayed(Picture picture, Picture const& current) {
    for (;;) {
      auto const limit = static_cast<std::int64_t>(1 + pick(40));
      auto const page =
          must([&](Transaction& tx) { return read_events(tx, tenant(), room_, picture.epoch, picture.offset, limit); });
      EXPECT_FALSE(page.reset);
      for (auto const& live : page.events) apply(picture, live, current);
      if (page.events.empty()) return picture;
    }
  }

 private:
  std::mt19937 random_;
  std::vector<Caller> users_;
  std::vector<MessageId> messages_;
  ConversationId room_;
};

PARLANCE_TEST_ON_EVERY_ENGINE(ReplayTest);

TEST_P(ReplayTest, FromAnyPositionLeadsToTheSameStateAsAFreshLook) {
  std::vector<Picture> pictures = {look()};
  for (int i = 0; i < kSteps; ++i) {
    step();
    pictures.push_back(look());
  }
  auto const last = pictures.back();
  for (auto const& picture : pictures) {
    auto const end = replayed(picture, last);
    ASSERT_EQ(end.text(), last.text()) << "from offset " << picture.offset;
    ASSERT_EQ(end.offset, last.offset);
  }
}

}  // namespace
}  // namespace parlance::core
