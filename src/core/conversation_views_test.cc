#include "core/conversation_views.h"

#include "core/attachments.h"
#include "core/conversion.h"
#include "core/members.h"
#include "core/pins.h"
#include "core/preferences.h"
#include "core/previews.h"
#include "core/testing.h"
#include "core/uploads.h"

namespace parlance::core {
namespace {

class ConversationViewsTest : public VerbsTest {
 protected:
  void SetUp() override {
    VerbsTest::SetUp();
    if (IsSkipped()) return;
    anna_ = user("anna");
    bert_ = user("bert");
  }

  ConversationId global() {
    NewConversation input;
    input.kind = model::ConversationKind::global_channel;
    input.access = model::Access::tenant;
    return must([&](storage::Transaction& tx) { return create_conversation(tx, backend(), input); }).conversation.id;
  }

  ConversationView view(Caller const& caller, ConversationId id) {
    return must([&](storage::Transaction& tx) -> Result<ConversationView> {
      return view_conversation(tx, caller, TRY(require(tx, caller, id, Action::see)));
    });
  }

  std::vector<ConversationId> sidebar(Caller const& caller, Stretch<SidebarPlace> stretch = {},
                                      Archived archived = Archived::skip) {
    std::vector<ConversationId> ids;
    for (auto const& encounter :
         must([&](storage::Transaction& tx) { return list_sidebar(tx, caller, stretch, archived); }))
      ids.push_back(encounter.conversation.id);
    return ids;
  }

  Caller anna_;
  Caller bert_;
};

PARLANCE_TEST_ON_EVERY_ENGINE(ConversationViewsTest);

TEST_P(ConversationViewsTest, ListsByActivityAndWalksBothWays) {
  std::vector<ConversationId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(group({anna_, bert_}));
  send(anna_, ids[1], "wakes it");
  std::vector<ConversationId> const wanted = {ids[1], ids[4], ids[3], ids[2], ids[0]};
  EXPECT_EQ(sidebar(bert_), wanted);
  auto const middle = sidebar_place(view(bert_, ids[3]).conversation);
  EXPECT_EQ(sidebar(bert_, {.from = middle}), (std::vector{ids[2], ids[0]}));
  EXPECT_EQ(sidebar(bert_, {.from = middle, .walk = Walk::back}), (std::vector{ids[1], ids[4]}));
  EXPECT_EQ(sidebar(bert_, {.from = middle, .walk = Walk::back, .limit = 1}), (std::vector{ids[4]}));
}

TEST_P(ConversationViewsTest, HoldsGlobalChannelsUntilTheyAreLeft) {
  auto const news = global();
  EXPECT_EQ(sidebar(anna_), std::vector{news});
  EXPECT_EQ(view(anna_, news).conversation.member_count, 2);
  EXPECT_FALSE(view(anna_, news).member);
  must([&](storage::Transaction& tx) -> Result<bool> {
    TRY(leave(tx, anna_, news));
    return true;
  });
  EXPECT_EQ(sidebar(anna_), std::vector<ConversationId>{});
  EXPECT_EQ(view(anna_, news).member->mute_until, kMutedForEver);
  EXPECT_EQ(sidebar(bert_), std::vector{news});
  must([&](storage::Transaction& tx) { return change_preferences(tx, anna_, news, {.mute_until = 0}); });
  EXPECT_EQ(sidebar(anna_), std::vector{news});
  auto const guest = Caller{.tenant = tenant(), .user = anna_.user, .role = model::TenantRole::guest};
  EXPECT_EQ(sidebar(guest), std::vector<ConversationId>{});
}

TEST_P(ConversationViewsTest, NamesWhatMayBeSearched) {
  auto const old = group({anna_}, model::HistoryMode::since_join);
  send(anna_, old, "before");
  must([&](storage::Transaction& tx) { return add_member(tx, anna_, old, bert_.user, model::MemberRole::member); });
  auto const news = global();
  auto const found = must([&](storage::Transaction& tx) { return list_searchable(tx, bert_); });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id, old);
  EXPECT_EQ(found[0].hidden_through, 1);
  EXPECT_EQ(found[1].id, news);
}

TEST_P(ConversationViewsTest, TellsOnlyItsOwnerOfPreferences) {
  auto const id = group({anna_, bert_});
  take_events();
  PreferencesChange const change{.starred = true, .notify_level = model::NotifyLevel::mentions};
  must([&](storage::Transaction& tx) { return change_preferences(tx, anna_, id, change); });
  for (auto const& live : take_events()) EXPECT_EQ(live.event.offset, 0) << "it has no place in the log";
  EXPECT_TRUE(view(anna_, id).member->starred);
  EXPECT_FALSE(view(bert_, id).member->starred);
}

TEST_P(ConversationViewsTest, ConvertsOnlyGroups) {
  auto const id = group({anna_, bert_});
  auto const convert = [&](Caller const& caller) {
    return [&, caller](storage::Transaction& tx) {
      return convert_to_private(tx, caller, id, model::HistoryMode::since_join);
    };
  };
  EXPECT_TRUE(error_of(convert(bert_)).contains("only an admin")) << error_of(convert(bert_));
  EXPECT_EQ(must(convert(anna_)).kind, model::ConversationKind::private_channel);
  EXPECT_EQ(take_events().back().event.kind, model::EventKind::conversation_updated);
  EXPECT_TRUE(error_of(convert(anna_)).contains("only a group"));
}

TEST_P(ConversationViewsTest, KeepsPreviewsToTheTextThatTheyBelongTo) {
  auto const id = group({anna_, bert_});
  auto const sent = send(anna_, id, "see https://example.com");
  auto const set = [&](Timestamp edited_at) {
    return must([&](storage::Transaction& tx) { return set_previews(tx, tenant(), sent.id, edited_at, "[1]"); });
  };
  take_events();
  EXPECT_TRUE(set(0));
  EXPECT_EQ(take_events().front().event.kind, model::EventKind::message_previewed);
  EXPECT_FALSE(set(0)) << "nothing new";
  auto const edited =
      must([&](storage::Transaction& tx) { return edit_message(tx, anna_, id, sent.id, {.text = "another"}); });
  EXPECT_EQ(edited.previews, "");
  EXPECT_FALSE(set(0)) << "of an older text";
  EXPECT_TRUE(set(edited.edited_at));
}

TEST_P(ConversationViewsTest, SettlesAnUploadOnceItHasAContent) {
  auto const id = group({anna_, bert_});
  NewUpload const input{.conversation = id, .name = "a.txt", .media_type = "text/plain", .size = 5};
  auto const file = must([&](storage::Transaction& tx) { return reserve_upload(tx, anna_, input); });
  auto const attach = [&](storage::Transaction& tx) {
    NewMessage message{.conversation = id, .text = "x"};
    message.attachments = {{.file = file.id, .target = "a"}};
    return send_message(tx, anna_, message);
  };
  EXPECT_TRUE(error_of(attach).contains("attachments[0]"));
  must([&](storage::Transaction& tx) -> Result<bool> {
    TRY(note_content(tx, tenant(), file.id, "digest"));
    return true;
  });
  EXPECT_TRUE(error_of([&](storage::Transaction& tx) {
                return settle_upload(tx, anna_, file.id, "other");
              }).contains("meanwhile"));
  EXPECT_TRUE(error_of([&](storage::Transaction& tx) {
                return settle_upload(tx, bert_, file.id, "digest");
              }).contains("no such upload"));
  must([&](storage::Transaction& tx) { return settle_upload(tx, anna_, file.id, "digest"); });
  auto const sent = must(attach).message;
  EXPECT_EQ(sent.attachments.at(0).name, "a.txt");
  auto const shared = must([&](storage::Transaction& tx) { return list_shared_files(tx, bert_, id, {}); });
  ASSERT_EQ(shared.size(), 1U);
  EXPECT_EQ(shared[0].message, sent.id);
  EXPECT_EQ(shared[0].sender_external_id, "anna");
}

TEST_P(ConversationViewsTest, WalksPinsFromAPlaceThatIsGone) {
  auto const id = group({anna_, bert_});
  std::vector<MessageId> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(send(anna_, id, "m").id);
    must([&](storage::Transaction& tx) { return change_pin(tx, anna_, id, ids.back(), PinChange::pin); });
  }
  auto const walk = [&](Stretch<PinPlace> const& stretch) {
    std::vector<MessageId> found;
    for (auto const& pinned : must([&](storage::Transaction& tx) { return list_pinned(tx, bert_, id, stretch); }))
      found.push_back(pinned.message.id);
    return found;
  };
  auto const all = must([&](storage::Transaction& tx) { return list_pinned(tx, bert_, id, {}); });
  PinPlace const middle{all.at(1).pinned_at, all.at(1).message.id};
  must([&](storage::Transaction& tx) { return change_pin(tx, anna_, id, ids[1], PinChange::unpin); });
  EXPECT_EQ(walk({}), (std::vector{ids[2], ids[0]}));
  EXPECT_EQ(walk({.from = middle}), std::vector{ids[0]});
  EXPECT_EQ(walk({.from = middle, .walk = Walk::back}), std::vector{ids[2]});
}

}  // namespace
}  // namespace parlance::core
