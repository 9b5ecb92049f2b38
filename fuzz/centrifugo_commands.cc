#include "base/json.h"
#include "dialects/centrifugo/commands.h"
#include "slices.h"

// What decodes has what it needs: an id, a body that is an object, and members that are JSON as they came.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  using namespace parlance;
  using fuzz::require;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const commands = centrifugo::decode_commands(text);
  if (commands) {
    require(!commands->empty() && commands->size() <= centrifugo::kMaxCommandsPerMessage);
    for (auto const& command : *commands) {
      bool const may_lack_id =
          command.kind == centrifugo::CommandKind::pong || command.kind == centrifugo::CommandKind::send;
      require(command.id != 0 || may_lack_id);
      for (auto const& [name, value] : command.body) {
        auto const raw = command.json(name);
        require(raw.empty() == value.is_null());
        require(raw.empty() || parse_json(raw));
        static_cast<void>(command.text(name));
        static_cast<void>(command.number(name));
        static_cast<void>(command.flag(name));
      }
    }
  }
  static_cast<void>(centrifugo::decode_connect(text));
  return 0;
}
