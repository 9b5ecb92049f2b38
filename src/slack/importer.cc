#include "slack/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "core/limits.h"
#include "slack/commit.h"
#include "slack/text.h"

namespace parlance::slack {

namespace {

/// What one commit holds: enough to share its cost, and short enough for a server that writes meanwhile.
constexpr std::size_t kBatch = 200;

std::string xid_of(Channel const& channel) { return "slack-" + channel.id; }

std::string xid_of(Channel const& channel, std::string_view ts) { return fmt::format("slack-{}-{}", channel.id, ts); }

bool has_threads(Channel const& channel) {
  return channel.place == Place::channel || channel.place == Place::private_channel;
}

/// `ts` of the message that the thread begins with.
std::string const& root_of(Message const& message) { return message.thread.empty() ? message.ts : message.thread; }

bool is_answer(Message const& message) { return root_of(message) != message.ts; }

/// Everybody whom the messages name.
std::vector<User> people_in(std::vector<Message> const& messages) {
  std::vector<User> people;
  for (auto const& message : messages) {
    people.push_back(message.author);
    if (!message.thread_author.empty()) people.push_back({.id = message.thread_author});
    for (auto& id : mentioned_in(message.text)) people.push_back({.id = std::move(id)});
    for (auto const& reaction : message.reactions)
      for (auto const& id : reaction.users) people.push_back({.id = id});
  }
  return people;
}

std::vector<model::Attachment> links_to(std::vector<File> const& files) {
  std::vector<model::Attachment> links;
  for (auto const& file : files) {
    auto const target = one_line(file.url, core::kMaxDescriptionBytes);
    bool const fits = !target.empty() && links.size() < core::kMaxAttachments;
    if (fits) links.push_back({.kind = model::AttachmentKind::link, .target = target});
  }
  return links;
}

model::ConversationKind kind_of(Channel const& channel, std::vector<UserId> const& members) {
  if (has_threads(channel)) return model::ConversationKind::channel;
  // A note to oneself is a direct message with one member.
  bool const is_pair = channel.place == Place::dm && members.size() == 2;
  return is_pair ? model::ConversationKind::dm : model::ConversationKind::group;
}

std::unexpected<Error> in_place(std::string_view place, Error error) {
  error.message = fmt::format("{}: {}", place, error.message);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<void> Importer::run() {
  TRY(import_users());
  auto const channels = TRY(source_.channels());
  for (auto const& channel : channels) TRY(import_channel(channel));
  return {};
}

Result<void> Importer::import_users() {
  std::vector<User> waiting;
  auto const settle = [&]() -> Result<void> {
    counts_.users += TRY(people_.meet(waiting));
    waiting.clear();
    return {};
  };
  TRY(source_.each_user([&](User const& user) -> Result<void> {
    waiting.push_back(user);
    return waiting.size() < kBatch ? Result<void>{} : settle();
  }));
  return settle();
}

Result<Importer::Target> Importer::put_channel(Channel const& channel) {
  std::vector<User> people;
  for (auto const& id : channel.members) people.push_back({.id = id});
  if (!channel.creator.empty()) people.push_back({.id = channel.creator});
  counts_.users += TRY(people_.meet(people));
  std::set<UserId> members;
  for (auto const& id : channel.members)
    if (auto const user = people_.find(id)) members.insert(*user);

  core::ImportedConversation input{.xid = xid_of(channel)};
  input.members.assign(members.begin(), members.end());
  input.kind = kind_of(channel, input.members);
  input.hidden = channel.place == Place::private_channel;
  if (!channel.name.empty()) input.name = one_line(channel.name, core::kMaxNameBytes);
  input.description = channel.description;
  input.created_by = people_.find(channel.creator).value_or(UserId{});
  input.created_at = channel.created_at;
  input.archived_at = channel.is_archived ? std::max<Timestamp>(channel.created_at, 1) : 0;
  auto const put = TRY(commit(lanes_, 0, [&](storage::Transaction& tx) -> Result<core::PutConversation> {
    if (mode_ == Mode::write) return core::put_imported_conversation(tx, tenant_, input);
    auto const known = TRY(core::find_conversation_by_xid(tx, tenant_, input.xid));
    return core::PutConversation{known.value_or(ConversationId{}),
                                 known ? core::ImportOutcome::kept : core::ImportOutcome::added};
  }));
  if (put.outcome == core::ImportOutcome::added) ++counts_.conversations;
  if (put.outcome == core::ImportOutcome::changed) ++counts_.changed;
  return Target{&channel, put.id};
}

Result<void> Importer::import_channel(Channel const& channel) {
  auto const target = put_channel(channel);
  if (!target) return in_place(channel.folder, target.error());
  for (auto const& day : source_.days(channel)) {
    TRY(import_day(*target, day));
    done_bytes_ += day.size;
    tell(channel, false);
  }
  tell(channel, true);
  return {};
}

Result<void> Importer::import_day(Target const& target, ZipEntry const& day) {
  auto messages = TRY(source_.messages(day));
  Batch batch;
  auto const settle = [&]() -> Result<void> {
    auto const done = import_batch(target, batch);
    batch.clear();
    if (!done) return in_place(day.name, done.error());
    return {};
  };
  for (auto& message : messages) {
    bool const is_empty = message.text.empty() && message.files.empty();
    if (!is_said(message) || is_empty) {
      ++counts_.passed_over[message.subtype.empty() ? "empty" : message.subtype];
      continue;
    }
    batch.push_back(std::move(message));
    if (batch.size() == kBatch) TRY(settle());
  }
  return settle();
}

Result<void> Importer::import_batch(Target const& target, Batch const& batch) {
  if (batch.empty()) return {};
  counts_.users += TRY(people_.meet(people_in(batch)));
  add(TRY(commit(lanes_, target.id.value, [&](storage::Transaction& tx) {
    return mode_ == Mode::write ? put_batch(tx, target, batch) : look_at_batch(tx, target, batch);
  })));
  return {};
}

Result<Counts> Importer::put_batch(storage::Transaction& tx, Target const& target, Batch const& batch) const {
  Counts counts;
  std::set<ConversationId> touched;
  for (auto const& message : batch) {
    auto const before = counts.messages + counts.changed;
    auto const put = [&]() -> Result<ConversationId> {
      auto const place = TRY(place_of(tx, target, message, counts));
      TRY(put_message(tx, target, place, message, counts));
      return place;
    }();
    if (!put) return in_place("message " + message.ts, put.error());
    bool const is_new = counts.messages + counts.changed > before;
    if (is_new && has_threads(*target.channel)) touched.insert(*put);
  }
  for (auto const thread : touched) TRY(core::summarize_imported(tx, tenant_, thread));
  return counts;
}

Result<ConversationId> Importer::place_of(storage::Transaction& tx, Target const& target, Message const& message,
                                          Counts& counts) const {
  if (!has_threads(*target.channel)) return target.id;
  auto const& root = root_of(message);
  core::ImportedConversation thread{.xid = xid_of(*target.channel, root)};
  thread.kind = model::ConversationKind::thread;
  thread.access = model::Access::parents;
  thread.hidden = target.channel->place == Place::private_channel;
  thread.parents = {target.id};
  thread.created_at = parse_ts(root).value_or(message.created_at);
  // Of a thread whose beginning is not in the export, the answers may still tell who began it.
  auto const author = people_.find(message.author.id);
  thread.created_by =
      people_.find(is_answer(message) ? message.thread_author : message.author.id).value_or(author.value_or(UserId{}));
  auto const put = TRY(core::put_imported_conversation(tx, tenant_, thread));
  if (put.outcome == core::ImportOutcome::added) ++counts.threads;
  return put.id;
}

core::ImportedMessage Importer::imported(Message const& message) const {
  auto const user_of = [this](std::string_view id) { return people_.find(id); };
  core::ImportedMessage input;
  input.sender = people_.find(message.author.id).value_or(UserId{});
  input.text = respell_mentions(message.text, user_of);
  auto const files = describe_files(message.files);
  if (!files.empty()) input.text += (input.text.empty() ? "" : "\n") + files;
  input.created_at = message.created_at;
  input.edited_at = message.edited_at;
  input.attachments = links_to(message.files);
  for (auto const& id : mentioned_in(message.text)) {
    auto const user = people_.find(id);
    if (user && *user != input.sender) input.mentions.push_back(*user);
  }
  for (auto const& reaction : message.reactions) {
    auto const name = one_line(reaction.name, core::kMaxEmojiBytes);
    for (auto const& id : reaction.users)
      if (auto const user = people_.find(id); user && !name.empty()) input.reactions.push_back({*user, name});
  }
  return input;
}

/// In a conversation without threads: the message that this one answers, where it is there.
Result<MessageId> Importer::answered_in(storage::Transaction& tx, Target const& target, Message const& message) const {
  if (has_threads(*target.channel) || !is_answer(message)) return MessageId{};
  auto const xid = xid_of(*target.channel, root_of(message));
  return TRY(core::find_message_by_xid(tx, tenant_, target.id, xid)).value_or(MessageId{});
}

Result<void> Importer::put_message(storage::Transaction& tx, Target const& target, ConversationId place,
                                   Message const& message, Counts& counts) const {
  auto input = imported(message);
  input.conversation = place;
  input.reply_to = TRY(answered_in(tx, target, message));
  // Slack lets a message be longer than ours can be: then it goes on in the next one.
  auto const pieces = cut_text(std::move(input.text), core::kMaxTextBytes);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    input.text = pieces[i];
    input.xid = xid_of(*target.channel, message.ts);
    if (i > 0) input.xid += fmt::format("-{}", i + 1);
    auto const put = TRY(core::put_imported_message(tx, tenant_, input));
    if (put.outcome == core::ImportOutcome::added) ++counts.messages;
    if (put.outcome == core::ImportOutcome::changed) ++counts.changed;
    if (put.outcome == core::ImportOutcome::kept) ++counts.already_here;
    bool const has_files = i == 0 && put.outcome == core::ImportOutcome::added;
    if (has_files) counts.files += static_cast<std::int64_t>(message.files.size());
    counts.reactions += put.reactions_added;
    input.attachments.clear();
    input.reactions.clear();
    input.mentions.clear();
  }
  return {};
}

/// What put_batch would do, by what is here already.
Result<Counts> Importer::look_at_batch(storage::Transaction& tx, Target const& target, Batch const& batch) const {
  Counts counts;
  for (auto const& message : batch) {
    auto place = target.id;
    if (has_threads(*target.channel)) {
      auto const thread = TRY(core::find_conversation_by_xid(tx, tenant_, xid_of(*target.channel, root_of(message))));
      if (!thread && !is_answer(message)) ++counts.threads;
      place = thread.value_or(ConversationId{});
    }
    auto const known =
        place ? TRY(core::find_message_by_xid(tx, tenant_, place, xid_of(*target.channel, message.ts))) : std::nullopt;
    if (known) {
      ++counts.already_here;
      continue;
    }
    ++counts.messages;
    counts.files += static_cast<std::int64_t>(message.files.size());
    for (auto const& reaction : message.reactions) counts.reactions += static_cast<std::int64_t>(reaction.users.size());
  }
  return counts;
}

void Importer::add(Counts const& counts) {
  counts_.threads += counts.threads;
  counts_.messages += counts.messages;
  counts_.reactions += counts.reactions;
  counts_.files += counts.files;
  counts_.changed += counts.changed;
  counts_.already_here += counts.already_here;
}

void Importer::tell(Channel const& channel, bool is_done) const {
  if (!observer_) return;
  observer_({channel.folder, done_bytes_, source_.day_bytes(), is_done, &counts_});
}

}  // namespace parlance::slack
