#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "nats/address.h"

namespace parlance::nats {

/// Called on threads of the NATS library, one call at a time for each.
struct LinkHandlers {
  std::function<void(std::string_view)> on_message;
  std::function<void()> on_loss;    ///< the library has dropped messages, since they came faster than they were taken
  std::function<void()> on_closed;  ///< the connection is down, and stays so
};

/// One connection to a NATS server, subscribed to one subject. It does not come back by itself: make another one. Its
/// methods: one thread at a time; they may block for as long as the network does.
class Link {
 public:
  /// Error: unavailable. `name` is shown by the server's monitoring.
  static Result<std::unique_ptr<Link>> connect(Address const& address, std::string const& name,
                                               std::string const& subject, LinkHandlers handlers);

  /// When it has returned, no handler is called any more.
  ~Link();

  /// Hands the message to the operating system, now or soon. Error: unavailable.
  Result<void> publish(std::string_view bytes);

  /// Waits until the server has what was published, a second at most.
  void flush();

  /// The longest message that the server takes.
  std::size_t max_bytes() const;

 private:
  struct Parts;
  explicit Link(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace parlance::nats
