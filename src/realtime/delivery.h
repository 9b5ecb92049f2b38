#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "model/event.h"
#include "realtime/signal.h"

namespace parlance::realtime {

/// One way of spelling an event on the wire. Each dialect has a number of its own and numbers its variants freely
/// (JSON text, WebSocket frame, SSE block…).
struct FormId {
  std::uint16_t dialect = 0;
  std::uint16_t variant = 0;
  friend bool operator==(FormId, FormId) = default;
};

/// An immutable value on its way to many subscribers, with its wire forms: each is encoded at most once, however many
/// threads ask for it, and shared by all. A cheap handle: copies are the same broadcast. Any thread.
template <class Content>
class Broadcast {
 public:
  explicit Broadcast(Content content) : shared_(std::make_shared<Shared>(std::move(content))) {}

  Content const& operator*() const { return shared_->content; }
  Content const* operator->() const { return &shared_->content; }

  /// The text that `encode()` returned for the first who asked for `id`. `encode` may ask for other forms of the same
  /// broadcast, not for this one. If it throws, the next who asks encodes again.
  template <class Encode>
  std::shared_ptr<std::string const> form(FormId id, Encode&& encode) const {
    auto& slot = shared_->slot(id);
    std::call_once(slot.once, [&] { slot.text = std::make_shared<std::string const>(std::forward<Encode>(encode)()); });
    return slot.text;
  }

 private:
  struct Slot {
    explicit Slot(FormId form_id) : id(form_id) {}
    FormId id;
    std::once_flag once;
    std::shared_ptr<std::string const> text;
  };

  struct Shared {
    explicit Shared(Content value) : content(std::move(value)) {}

    Slot& slot(FormId id) {
      std::lock_guard lock(mutex);
      for (auto& slot : slots)
        if (slot.id == id) return slot;
      return slots.emplace_back(id);
    }

    Content const content;
    std::mutex mutex;
    std::list<Slot> slots;
  };

  std::shared_ptr<Shared> shared_;
};

/// delivery->event.offset, delivery->message
using Delivery = Broadcast<model::LiveEvent>;
using SignalDelivery = Broadcast<Signal>;

}  // namespace parlance::realtime
