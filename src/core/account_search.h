#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/param.h"
#include "storage/transaction.h"

/// Which conversations hold a text, in their subjects or their messages.
namespace parlance::core {

/// A search looks at the texts of no more conversations than these, those with the newest messages.
inline constexpr std::size_t kMaxSearched = 10'000;

/// Where nobody knows which conversations can hold the text, it looks at no more messages in all; of the conversations
/// with the newest ones.
inline constexpr std::int64_t kMaxSearchedMessages = 300'000;

/// FROM and WHERE over conversations `c`, growing by conditions. $1 is the tenant, $2 the user. The values must outlive
/// it.
struct Conditions {
  std::string text;
  std::vector<storage::Param> params;

  /// The number of the next parameter, which is `value`.
  std::size_t bind(storage::Param value) {
    params.push_back(value);
    return params.size();
  }
};

/// Those of the conversations in sight whose subject, or any message that the user may see, contains `wanted`, in
/// whatever case. `among`: no other conversation holds it, as somebody knows; those that are named are looked at.
Result<std::vector<ConversationId>> find_holding(storage::Transaction& tx, Conditions const& in_sight,
                                                 std::string_view wanted,
                                                 std::optional<std::vector<ConversationId>> const& among);

}  // namespace parlance::core
