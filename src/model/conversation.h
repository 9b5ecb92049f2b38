#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace parlance::model {

/// The numbers are stored.
enum class ConversationKind {
  dm = 0,       ///< exactly two members, unique for them in the tenant
  group = 1,    ///< invited members
  channel = 2,  ///< named, members join
  private_channel = 3,
  global_channel = 4,  ///< every user of the tenant is in it without a row
  thread = 5,          ///< its parents are channels, or it is bound to a space
  stream = 6,          ///< a realtime channel of the tenant's own naming: events only, in no list
};

/// Who may see it. The numbers are stored; src/core/permissions.h is the one place that reads them.
enum class Access {
  members = 0,  ///< rows in `members`
  space = 1,    ///< everyone in its space
  tenant = 2,   ///< everyone in the tenant
  parents = 3,  ///< whoever may see one of its parents
  anyone = 4,   ///< also callers without a credential
};

enum class HistoryMode { full = 0, since_join = 1 };

/// Of Conversation::bits. The numbers are stored.
enum ConversationBits : std::int64_t {
  kThreadDeleted = 1,  ///< taken out by an admin: archived, and in no list; a channel is deleted in the same way
  kThreadHidden = 2,   ///< readable, but in no list
  kThreadResolved = 4,
  kAutoJoin = 8,         ///< of a channel: new users join it by themselves
  kSubjectDerived = 16,  ///< the subject was made of the messages, and follows them
};

struct Conversation {
  ConversationId id;
  TenantId tenant;
  SpaceId space;
  ConversationKind kind = ConversationKind::group;
  Access access = Access::members;
  HistoryMode history_mode = HistoryMode::full;
  bool hidden = false;  ///< absent, not forbidden, for whoever may not see it
  std::optional<std::string> name;
  std::string subject;
  std::string summary;  ///< made of the messages; empty where none is
  std::string description;
  std::string icon;        ///< JSON, or empty
  std::string unique_key;  ///< "dm:<a>:<b>" with the two external ids in byte order; empty where none
  std::string relation_type;
  std::int64_t relation_id = 0;
  SpaceId provider_space;
  std::optional<std::string> metadata;  ///< JSON
  std::string xid;                      ///< id in the system that it was imported from
  std::int64_t bits = 0;
  std::int64_t member_count = 0;  ///< rows with Membership::member
  std::int64_t last_seq = 0;      ///< of the newest message; the first has 1
  std::int64_t last_offset = 0;   ///< of the newest event; the first has 1
  std::int64_t epoch = 0;         ///< random; offsets of another epoch mean nothing
  MessageId last_message;
  Timestamp last_message_at = 0;
  UserId created_by;
  Timestamp created_at = 0;
  Timestamp updated_at = 0;
  Timestamp archived_at = 0;  ///< 0 = it is not
};

}  // namespace parlance::model
