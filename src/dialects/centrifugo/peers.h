#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/guarded.h"
#include "base/ids.h"
#include "base/task.h"
#include "dialects/centrifugo/replies.h"
#include "realtime/broker.h"

namespace parlance::centrifugo {

/// What a node can tell of itself. The numbers go over the wire.
enum class Question { occupants = 1, channels = 2, node = 3 };

/// One node, as the server API's `info` shows it; of one tenant.
struct NodeInfo {
  std::string node;
  std::string version;
  std::int64_t clients = 0;
  std::int64_t users = 0;
  std::int64_t channels = 0;
  std::int64_t subscriptions = 0;
  std::int64_t uptime = 0;
};

/// What was answered, of all nodes together; only what was asked for is filled.
struct Answers {
  std::vector<ClientInfo> occupants;
  std::vector<std::pair<std::string, std::int64_t>> channels;  ///< with how many clients are in them
  std::vector<NodeInfo> nodes;
};

/// This protocol's part on the other nodes: whoever must reach connections wherever they are goes through here. Nothing
/// of it is stored; a node that does not answer within a second is left out. Any thread, but for ask().
class Peers {
 public:
  /// What this node answers, and what it does when others say so.
  struct Duties {
    std::function<Answers(TenantId, Question, std::string const& channel)> answer;
    std::function<void(TenantId, std::string const& channel, std::string_view name, ClientInfo const&)> announce;
    std::function<void(TenantId, std::string_view method, std::string_view body)> carry_out;
    std::function<void(std::string_view session, std::string data)> emulate;
  };

  explicit Peers(realtime::Broker& broker);
  Peers(Peers const&) = delete;
  Peers& operator=(Peers const&) = delete;

  /// Before the broker starts.
  void listen(Duties duties);

  /// Somebody has joined or left a channel here.
  void tell_presence(TenantId tenant, std::string const& channel, std::string_view name, ClientInfo const& info);
  /// A call of the server API that is about connections, which others may have.
  void order(TenantId tenant, std::string_view method, std::string_view body);
  /// A message for a connection of another node. False where there is no such node.
  bool pass_on(std::string const& node, std::string_view session, std::string_view data);

  /// What all nodes answer, this one included. On `executor`'s thread.
  Task<Answers> ask(Executor& executor, TenantId tenant, Question question, std::string channel = {});

 private:
  struct Survey {
    std::set<std::string> missing;  ///< nodes
    Answers answers;
    std::move_only_function<void(bool)> done;
  };
  struct Word;

  void take(realtime::Note const& note);
  void take_answer(std::string const& node, Word word);
  void answer(std::string const& node, Word const& word);
  void end(std::int64_t survey);
  void tell(Word const& word, std::string const& node = {});

  realtime::Broker& broker_;
  bool const is_alone_;
  Duties duties_;
  struct Surveys {
    std::int64_t last = 0;
    std::map<std::int64_t, Survey> open;
  };
  Guarded<Surveys> surveys_;
};

}  // namespace parlance::centrifugo
