#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/guarded.h"
#include "base/ids.h"

namespace parlance::chatapi {

/// Counts the open WebSockets of each user. Any thread.
class ConnectionSlots {
  using Counts = Guarded<std::map<std::pair<TenantId, UserId>, std::size_t>>;

 public:
  /// One taken slot; free again when it is destroyed. May outlive the slots.
  class Slot {
   public:
    Slot(Slot&& other) noexcept = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    friend class ConnectionSlots;
    Slot(std::shared_ptr<Counts> counts, TenantId tenant, UserId user)
        : counts_(std::move(counts)), tenant_(tenant), user_(user) {}

    std::shared_ptr<Counts> counts_;
    TenantId tenant_;
    UserId user_;
  };

  explicit ConnectionSlots(std::size_t most) : most_(most) {}

  /// Empty where the user has as many as it may.
  std::optional<Slot> take(TenantId tenant, UserId user);

 private:
  std::size_t const most_;
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

}  // namespace parlance::chatapi
