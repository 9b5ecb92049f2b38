#include "dialects/centrifugo/commands.h"

#include <array>
#include <limits>
#include <utility>

#include "base/json.h"
#include "base/raw_json.h"
#include "base/text.h"

namespace parlance::centrifugo {
namespace {

constexpr std::array<std::pair<std::string_view, CommandKind>, 11> kKinds = {{
    {"connect", CommandKind::connect},
    {"subscribe", CommandKind::subscribe},
    {"unsubscribe", CommandKind::unsubscribe},
    {"publish", CommandKind::publish},
    {"presence", CommandKind::presence},
    {"presence_stats", CommandKind::presence_stats},
    {"history", CommandKind::history},
    {"rpc", CommandKind::rpc},
    {"send", CommandKind::send},
    {"refresh", CommandKind::refresh},
    {"sub_refresh", CommandKind::sub_refresh},
}};

boost::json::value const* find(boost::json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::unexpected<Error> wrong_type(std::string_view name) {
  return invalid(std::string(name), std::string(name) + " is of another type");
}

/// The first of the known members that is set; the protocol has at most one.
Result<void> read_kind(Command& command, boost::json::object const& object, std::string_view raw) {
  for (auto const& [name, kind] : kKinds) {
    auto const* body = TRY(object_member(object, name));
    if (body == nullptr) continue;
    command.kind = kind;
    command.body = *body;
    command.raw = raw_member(raw, name).value_or("{}");
    return {};
  }
  if (command.id != 0 || find(object, "ping") != nullptr) return invalid("command", "this names no known command");
  return {};
}

Result<Command> decode_command(std::string_view line) {
  auto const parsed = TRY(parse_json(line));
  if (!parsed.is_object()) return invalid("command", "a command must be a JSON object");
  auto const& object = parsed.get_object();
  Command command;
  auto const id = TRY(number_member(object, "id"));
  if (id > std::numeric_limits<std::uint32_t>::max()) return invalid("id", "id is too large");
  command.id = static_cast<std::uint32_t>(id);
  TRY(read_kind(command, object, line));
  bool const may_lack_id = command.kind == CommandKind::send || command.kind == CommandKind::pong;
  if (command.id == 0 && !may_lack_id) return invalid("id", "a command needs an id above 0");
  return command;
}

}  // namespace

Result<std::string> text_member(boost::json::object const& object, std::string_view name) {
  auto const* value = find(object, name);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return wrong_type(name);
  return std::string(value->get_string());
}

Result<std::uint64_t> number_member(boost::json::object const& object, std::string_view name) {
  auto const* value = find(object, name);
  if (value == nullptr) return 0;
  if (value->is_uint64()) return value->get_uint64();
  if (!value->is_int64() || value->get_int64() < 0) return wrong_type(name);
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<bool> flag_member(boost::json::object const& object, std::string_view name) {
  auto const* value = find(object, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) return wrong_type(name);
  return value->get_bool();
}

Result<boost::json::object const*> object_member(boost::json::object const& object, std::string_view name) {
  auto const* value = find(object, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return wrong_type(name);
  return &value->get_object();
}

Result<std::string> Command::text(std::string_view name) const { return text_member(body, name); }
Result<std::uint64_t> Command::number(std::string_view name) const { return number_member(body, name); }
Result<bool> Command::flag(std::string_view name) const { return flag_member(body, name); }

std::string_view Command::json(std::string_view name) const {
  auto const found = raw_member(raw, name);
  return found && *found != "null" ? *found : std::string_view();
}

Result<std::vector<Command>> decode_commands(std::string_view message) {
  std::vector<Command> commands;
  while (!message.empty()) {
    auto const end = message.find('\n');
    auto const line = trim(message.substr(0, end));
    message = end == std::string_view::npos ? std::string_view() : message.substr(end + 1);
    if (line.empty()) continue;
    if (commands.size() == kMaxCommandsPerMessage) return invalid("command", "too many commands in one message");
    commands.push_back(TRY(decode_command(line)));
  }
  if (commands.empty()) return invalid("command", "the message is empty");
  return commands;
}

Result<Command> decode_connect(std::string_view body) {
  Command command;
  command.id = 1;
  command.kind = CommandKind::connect;
  if (trim(body).empty()) body = "{}";
  auto parsed = TRY(parse_json(body));
  if (parsed.is_null()) return command;
  if (!parsed.is_object()) return invalid("connect", "the connect request must be a JSON object");
  command.body = std::move(parsed.get_object());
  command.raw = body;
  return command;
}

}  // namespace parlance::centrifugo
