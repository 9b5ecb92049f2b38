#include "core/message_code.h"

#include <fmt/format.h>

#include <memory>

#include "core/code_blocks.h"
#include "core/events.h"
#include "core/in_list.h"
#include "core/locks.h"
#include "core/message_log.h"
#include "core/messages.h"

namespace parlance::core {

namespace {

/// Each program is a run of its own.
constexpr std::size_t kMaxBlocks = 10;

Result<void> insert_code(storage::Transaction& tx, model::Message const& message,
                         std::vector<std::string> const& code) {
  for (std::size_t block = 0; block < code.size(); ++block) {
    TRY(
        tx.execute("INSERT INTO message_code (tenant_id, message_id, block, conversation_id, seq, code)"
                   " VALUES ($1, $2, $3, $4, $5, $6)",
                   {message.tenant, message.id, block, message.conversation, message.seq, code[block]}));
  }
  return {};
}

Result<std::vector<std::string>> read_code(storage::Transaction& tx, model::Message const& message) {
  return tx.all("SELECT code FROM message_code WHERE tenant_id = $1 AND message_id = $2 ORDER BY block",
                {message.tenant, message.id}, [](storage::Row const& row) { return std::string(row.text(0)); });
}

Result<void> remove_results(storage::Transaction& tx, TenantId tenant, MessageId message) {
  TRY(tx.execute("DELETE FROM message_results WHERE tenant_id = $1 AND message_id = $2", {tenant, message}));
  return {};
}

Result<void> put_result(storage::Transaction& tx, TenantId tenant, MessageId message, RunMode mode,
                        std::string_view items) {
  TRY(
      tx.execute("INSERT INTO message_results (tenant_id, message_id, mode, items) VALUES ($1, $2, $3, $4)"
                 " ON CONFLICT (tenant_id, message_id) DO UPDATE SET mode = excluded.mode, items = excluded.items",
                 {tenant, message, mode, items}));
  return {};
}

}  // namespace

Result<CodedText> take_code(std::string_view text) {
  CodedText coded;
  auto const blocks = find_code_blocks(text);
  if (blocks.empty()) {
    coded.text = text;
    return coded;
  }
  if (blocks.size() > kMaxBlocks) {
    return invalid("text", fmt::format("text holds more than {} code blocks", kMaxBlocks));
  }
  for (auto const& block : blocks) {
    switch (block.kind) {
      case BlockKind::codeaction:
        coded.code.emplace_back(text.substr(block.body_begin, block.body_end - block.body_begin));
        break;
      case BlockKind::approvecodeaction: coded.approves = true; break;
      case BlockKind::coderesult: coded.has_results = true; break;
    }
  }
  if (coded.approves && !coded.code.empty()) {
    return invalid("text", "text holds an approvecodeaction beside a codeaction; send it as a message of its own");
  }
  coded.text = hide_code(text);
  return coded;
}

Result<CodedText> take_edited_code(storage::Transaction& tx, model::Message const& message, std::string_view text) {
  if (programs_in(text).empty()) return take_code(text);
  return take_code(restore_code(text, TRY(read_code(tx, message))));
}

Result<bool> is_sent_text(storage::Transaction& tx, model::Message const& message, CodedText const& coded) {
  if (message.text != coded.text && message.text != add_result_blocks(coded.text)) return false;
  if (coded.code.empty()) return true;
  return TRY(read_code(tx, message)) == coded.code;
}

Result<void> start_code(storage::Transaction& tx, model::Message const& message, CodedText const& coded) {
  if (coded.code.empty()) return {};
  TRY(insert_code(tx, message, coded.code));
  return request_previews(tx, message, coded.code);
}

Result<void> replace_code(storage::Transaction& tx, model::Message const& message, CodedText const& coded) {
  TRY(tx.execute("DELETE FROM message_code WHERE tenant_id = $1 AND message_id = $2", {message.tenant, message.id}));
  TRY(insert_code(tx, message, coded.code));
  if (coded.has_results) return {};
  return remove_results(tx, message.tenant, message.id);
}

Result<void> remove_code(storage::Transaction& tx, TenantId tenant, MessageId message) {
  TRY(tx.execute("DELETE FROM message_code WHERE tenant_id = $1 AND message_id = $2", {tenant, message}));
  return remove_results(tx, tenant, message);
}

Result<void> add_preview(storage::Transaction& tx, TenantId tenant, MessageId id, std::string_view items) {
  TRY(lock_conversation_of(tx, tenant, id));
  auto message = TRY(find_message(tx, tenant, id));
  if (!message || message->deleted_at != 0) return {};
  auto text = add_result_blocks(message->text);
  if (text == message->text) return {};
  message->text = std::move(text);
  TRY(tx.execute("UPDATE messages SET text = $3 WHERE tenant_id = $1 AND id = $2", {tenant, id, message->text}));
  TRY(put_result(tx, tenant, id, RunMode::preview, items));
  model::LiveEvent live;
  live.event.tenant = tenant;
  live.event.conversation = message->conversation;
  live.event.kind = model::EventKind::message_edited;
  live.event.message = id;
  live.event.seq = message->seq;
  live.event.actor = message->sender;
  live.message = std::make_shared<model::Message const>(*std::move(message));
  return record_event(tx, std::move(live));
}

Result<model::Message> send_result(storage::Transaction& tx, Caller const& caller, ConversationId conversation,
                                   ActionResult const& result) {
  auto sent = TRY(send_message(tx, caller, {.conversation = conversation, .text = std::string(kResultText)}));
  TRY(put_result(tx, caller.tenant, sent.message.id, result.mode, result.items));
  return std::move(sent.message);
}

Result<std::unordered_map<MessageId, ActionResult>> read_results(storage::Transaction& tx, TenantId tenant,
                                                                 std::vector<MessageId> const& messages) {
  std::unordered_map<MessageId, ActionResult> results;
  if (messages.empty()) return results;
  InList const list(2, messages);
  auto const params = list.params({tenant});
  TRY(tx.each(
      fmt::format("SELECT message_id, mode, items FROM message_results WHERE tenant_id = $1 AND message_id IN {}",
                  list.text()),
      params, [&](storage::Row const& row) {
        results[row.id<MessageId>(0)] = {row.as<RunMode>(1), std::string(row.text(2))};
      }));
  return results;
}

}  // namespace parlance::core
