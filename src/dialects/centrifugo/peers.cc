#include "dialects/centrifugo/peers.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "base/packed.h"

namespace parlance::centrifugo {
namespace {

constexpr std::string_view kTopic = "centrifugo";
constexpr std::chrono::milliseconds kPatience{1'000};

/// Bytes of answers in one note.
constexpr std::size_t kPartBytes = 100 << 10;

enum class WordKind { presence = 1, order = 2, message = 3, question = 4, answer = 5 };

std::string pack(ClientInfo const& info) {
  PackedWriter out;
  out.text(1, info.user).text(2, info.client).text(3, info.connection_info);
  return out.take();
}

ClientInfo unpack_client(std::string_view bytes) {
  ClientInfo info;
  PackedReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) info.user = in.text();
    if (in.field() == 2) info.client = in.text();
    if (in.field() == 3) info.connection_info = in.text();
  }
  return info;
}

std::string pack(std::pair<std::string, std::int64_t> const& channel) {
  PackedWriter out;
  out.text(1, channel.first).number(2, channel.second);
  return out.take();
}

std::pair<std::string, std::int64_t> unpack_channel(std::string_view bytes) {
  std::pair<std::string, std::int64_t> channel;
  PackedReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) channel.first = in.text();
    if (in.field() == 2) channel.second = in.number();
  }
  return channel;
}

std::string pack(NodeInfo const& info) {
  PackedWriter out;
  out.text(1, info.node).text(2, info.version).number(3, info.clients).number(4, info.users);
  out.number(5, info.channels).number(6, info.subscriptions).number(7, info.uptime);
  return out.take();
}

NodeInfo unpack_node(std::string_view bytes) {
  NodeInfo info;
  PackedReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: info.node = in.text(); break;
      case 2: info.version = in.text(); break;
      case 3: info.clients = in.number(); break;
      case 4: info.users = in.number(); break;
      case 5: info.channels = in.number(); break;
      case 6: info.subscriptions = in.number(); break;
      case 7: info.uptime = in.number(); break;
      default: break;
    }
  }
  return info;
}

constexpr std::uint32_t kOccupant = 10;
constexpr std::uint32_t kChannel = 11;
constexpr std::uint32_t kNode = 12;

/// Each of the answers, packed, with the number of its field.
std::vector<std::pair<std::uint32_t, std::string>> items_of(Answers const& answers) {
  std::vector<std::pair<std::uint32_t, std::string>> items;
  for (auto const& info : answers.occupants) items.emplace_back(kOccupant, pack(info));
  for (auto const& channel : answers.channels) items.emplace_back(kChannel, pack(channel));
  for (auto const& node : answers.nodes) items.emplace_back(kNode, pack(node));
  return items;
}

void read_item(PackedReader const& in, Answers& answers) {
  if (in.field() == kOccupant) answers.occupants.push_back(unpack_client(in.text()));
  if (in.field() == kChannel) answers.channels.push_back(unpack_channel(in.text()));
  if (in.field() == kNode) answers.nodes.push_back(unpack_node(in.text()));
}

void add(Answers& all, Answers more) {
  std::ranges::move(more.occupants, std::back_inserter(all.occupants));
  std::ranges::move(more.nodes, std::back_inserter(all.nodes));
  for (auto& [name, count] : more.channels) {
    auto const known = std::ranges::find(all.channels, name, &std::pair<std::string, std::int64_t>::first);
    known == all.channels.end() ? (void)all.channels.emplace_back(std::move(name), count)
                                : (void)(known->second += count);
  }
}

}  // namespace

/// What one node tells another.
struct Peers::Word {
  WordKind kind = WordKind::presence;
  TenantId tenant;
  std::int64_t survey = 0;
  Question question = Question::occupants;
  bool is_last = false;  ///< of the parts of an answer
  std::string name;      ///< of the channel, method or session
  std::string what;      ///< join or leave
  std::string body;
  Answers answers;
  std::string items;  ///< the answers packed, to be sent
};

Peers::Peers(realtime::Broker& broker) : broker_(broker), is_alone_(!broker.bus_state().is_shared) {}

void Peers::listen(Duties duties) {
  duties_ = std::move(duties);
  if (!is_alone_) broker_.on_note(std::string(kTopic), [this](realtime::Note const& note) { take(note); });
}

void Peers::tell(Word const& word, std::string const& node) {
  PackedWriter out;
  out.number(1, static_cast<std::int64_t>(word.kind)).id(2, word.tenant).number(3, word.survey);
  out.number(4, static_cast<std::int64_t>(word.question)).number(5, word.is_last ? 1 : 0);
  out.text(6, word.name).text(7, word.what).text(8, word.body);
  broker_.tell(std::string(kTopic), out.take() + word.items, node);
}

void Peers::tell_presence(TenantId tenant, std::string const& channel, std::string_view name, ClientInfo const& info) {
  if (is_alone_) return;
  tell({.kind = WordKind::presence,
        .tenant = tenant,
        .name = channel,
        .what = std::string(name),
        .body = pack(info),
        .answers = {},
        .items = {}});
}

void Peers::order(TenantId tenant, std::string_view method, std::string_view body) {
  if (is_alone_) return;
  tell({.kind = WordKind::order,
        .tenant = tenant,
        .name = std::string(method),
        .what = {},
        .body = std::string(body),
        .answers = {},
        .items = {}});
}

bool Peers::pass_on(std::string const& node, std::string_view session, std::string_view data) {
  auto const nodes = broker_.peers();
  if (std::ranges::find(nodes, node) == nodes.end()) return false;
  tell({.kind = WordKind::message,
        .name = std::string(session),
        .what = {},
        .body = std::string(data),
        .answers = {},
        .items = {}},
       node);
  return true;
}

Task<Answers> Peers::ask(Executor& executor, TenantId tenant, Question question, std::string channel) {
  auto own = duties_.answer(tenant, question, channel);
  auto const nodes = is_alone_ ? std::vector<std::string>{} : broker_.peers();
  if (nodes.empty()) co_return own;
  auto const survey = surveys_.with([&](Surveys& all) {
    auto& made = all.open[++all.last];
    made.missing = {nodes.begin(), nodes.end()};
    return all.last;
  });
  co_await callback<bool>(executor, [&](auto done) {
    surveys_.with([&](Surveys& all) { all.open.at(survey).done = std::move(done); });
    executor.call_after(kPatience, [this, survey] { end(survey); });
    tell({.kind = WordKind::question,
          .tenant = tenant,
          .survey = survey,
          .question = question,
          .name = std::move(channel),
          .what = {},
          .body = {},
          .answers = {},
          .items = {}});
  });
  auto others = surveys_.with([&](Surveys& all) { return std::move(all.open.extract(survey).mapped().answers); });
  add(own, std::move(others));
  co_return own;
}

/// Once; later calls find that it is over.
void Peers::end(std::int64_t survey) {
  auto done = surveys_.with([&](Surveys& all) {
    auto const found = all.open.find(survey);
    return found == all.open.end() ? nullptr : std::exchange(found->second.done, nullptr);
  });
  if (done) done(true);
}

void Peers::take(realtime::Note const& note) {
  Word word;
  PackedReader in(note.body);
  while (in.next()) {
    switch (in.field()) {
      case 1: word.kind = static_cast<WordKind>(in.number()); break;
      case 2: word.tenant = in.id<TenantId>(); break;
      case 3: word.survey = in.number(); break;
      case 4: word.question = static_cast<Question>(in.number()); break;
      case 5: word.is_last = in.number() != 0; break;
      case 6: word.name = in.text(); break;
      case 7: word.what = in.text(); break;
      case 8: word.body = in.text(); break;
      default: read_item(in, word.answers);
    }
  }
  if (in.has_failed()) return;
  switch (word.kind) {
    case WordKind::presence: return duties_.announce(word.tenant, word.name, word.what, unpack_client(word.body));
    case WordKind::order: return duties_.carry_out(word.tenant, word.name, word.body);
    case WordKind::message: return duties_.emulate(word.name, std::move(word.body));
    case WordKind::question: return answer(note.from, word);
    case WordKind::answer: return take_answer(note.from, std::move(word));
  }
}

void Peers::answer(std::string const& node, Word const& word) {
  auto const items = items_of(duties_.answer(word.tenant, word.question, word.name));
  std::size_t next = 0;
  do {
    PackedWriter out;
    while (next < items.size() && out.size() < kPartBytes) {
      out.item(items[next].first, items[next].second);
      ++next;
    }
    tell({.kind = WordKind::answer,
          .survey = word.survey,
          .is_last = next == items.size(),
          .name = {},
          .what = {},
          .body = {},
          .answers = {},
          .items = out.take()},
         node);
  } while (next < items.size());
}

void Peers::take_answer(std::string const& node, Word word) {
  bool const is_over = surveys_.with([&](Surveys& all) {
    auto const found = all.open.find(word.survey);
    if (found == all.open.end()) return false;
    auto& survey = found->second;
    if (!survey.missing.contains(node)) return false;
    add(survey.answers, std::move(word.answers));
    if (word.is_last) survey.missing.erase(node);
    return survey.missing.empty();
  });
  if (is_over) end(word.survey);
}

}  // namespace parlance::centrifugo
