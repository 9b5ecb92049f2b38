#include "nats/link.h"

#include <nats/nats.h>

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "base/guarded.h"

namespace parlance::nats {
namespace {

constexpr int kConnectMs = 2'000;
constexpr int kFlushMs = 1'000;

/// A connection whose other end is gone without a word is given up after three of these: before other nodes count as
/// gone (realtime/roster.h), since then it is this one that hears nothing.
constexpr int kPingMs = 2'000;
constexpr int kPingsOut = 2;

/// How long a write may take that the network does not accept.
constexpr int kWriteMs = 5'000;

/// Messages that may wait to be taken.
constexpr int kPendingMessages = 100'000;
constexpr int kPendingBytes = 64 << 20;

template <class T, void (*Destroy)(T*)>
struct Destroyer {
  void operator()(T* object) const { Destroy(object); }
};
template <class T, void (*Destroy)(T*)>
using Handle = std::unique_ptr<T, Destroyer<T, Destroy>>;

using OptionsHandle = Handle<natsOptions, natsOptions_Destroy>;
using ConnectionHandle = Handle<natsConnection, natsConnection_Destroy>;
using SubscriptionHandle = Handle<natsSubscription, natsSubscription_Destroy>;

std::unexpected<Error> unavailable(natsStatus status) {
  return fail(Errc::unavailable, std::string("NATS: ") + natsStatus_GetText(status));
}

Result<void> check(natsStatus status) {
  if (status != NATS_OK) return unavailable(status);
  return {};
}

}  // namespace

struct Link::Parts {
  LinkHandlers handlers;
  std::string subject;
  bool awaits_completion = false;

  /// What the library still has to say good-bye to.
  struct Ends {
    bool is_closed = false;
    bool is_complete = false;
  };
  Guarded<Ends> ends;
  ConnectionHandle connection;
  SubscriptionHandle subscription;

  static Parts& of(void* closure) { return *static_cast<Parts*>(closure); }

  static void take_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
    of(closure).handlers.on_message(
        {natsMsg_GetData(message), static_cast<std::size_t>(std::max(0, natsMsg_GetDataLength(message)))});
    natsMsg_Destroy(message);
  }

  static void take_error(natsConnection*, natsSubscription*, natsStatus status, void* closure) {
    if (status == NATS_SLOW_CONSUMER) of(closure).handlers.on_loss();
  }

  static void take_close(natsConnection*, void* closure) {
    auto& parts = of(closure);
    parts.handlers.on_closed();
    parts.ends.with([&](Ends& ends) {
      ends.is_closed = true;
      parts.ends.notify_all();
    });
  }

  static void take_completion(void* closure) {
    auto& parts = of(closure);
    parts.ends.with([&](Ends& ends) {
      ends.is_complete = true;
      parts.ends.notify_all();
    });
  }

  Result<OptionsHandle> options(Address const& address, std::string const& name);
  Result<void> open(natsOptions* chosen);
  void close();
};

Result<OptionsHandle> Link::Parts::options(Address const& address, std::string const& name) {
  natsOptions* made = nullptr;
  TRY(check(natsOptions_Create(&made)));
  OptionsHandle chosen(made);
  std::vector<char const*> servers;
  for (auto const& server : address.servers) servers.push_back(server.c_str());
  TRY(check(natsOptions_SetServers(made, servers.data(), static_cast<int>(servers.size()))));
  TRY(check(natsOptions_SetName(made, name.c_str())));
  TRY(check(natsOptions_SetTimeout(made, kConnectMs)));
  TRY(check(natsOptions_SetPingInterval(made, kPingMs)));
  TRY(check(natsOptions_SetMaxPingsOut(made, kPingsOut)));
  TRY(check(natsOptions_SetWriteDeadline(made, kWriteMs)));
  TRY(check(natsOptions_SetAllowReconnect(made, false)));
  TRY(check(natsOptions_SetNoEcho(made, true)));
  TRY(check(natsOptions_SetErrorHandler(made, take_error, this)));
  TRY(check(natsOptions_SetClosedCB(made, take_close, this)));
  if (!address.is_secure) return chosen;
  TRY(check(natsOptions_SetSecure(made, true)));
  if (!address.authorities.empty())
    TRY(check(natsOptions_LoadCATrustedCertificates(made, address.authorities.c_str())));
  if (!address.certificate.empty())
    TRY(check(natsOptions_LoadCertificatesChain(made, address.certificate.c_str(), address.key.c_str())));
  return chosen;
}

Result<void> Link::Parts::open(natsOptions* chosen) {
  natsConnection* connected = nullptr;
  TRY(check(natsConnection_Connect(&connected, chosen)));
  connection.reset(connected);
  natsSubscription* subscribed = nullptr;
  TRY(check(natsConnection_Subscribe(&subscribed, connected, subject.c_str(), take_message, this)));
  subscription.reset(subscribed);
  TRY(check(natsSubscription_SetOnCompleteCB(subscribed, take_completion, this)));
  awaits_completion = true;
  TRY(check(natsSubscription_SetPendingLimits(subscribed, kPendingMessages, kPendingBytes)));
  // From here on others' messages arrive.
  return check(natsConnection_FlushTimeout(connected, kConnectMs));
}

void Link::Parts::close() {
  bool const was_connected = connection != nullptr;
  if (was_connected) natsConnection_Close(connection.get());
  ends.wait(
      [&](Ends const& now) { return (now.is_closed || !was_connected) && (now.is_complete || !awaits_completion); },
      [](Ends const&) {});
  subscription.reset();
  connection.reset();
}

Link::Link(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Link::~Link() { parts_->close(); }

Result<std::unique_ptr<Link>> Link::connect(Address const& address, std::string const& name, std::string const& subject,
                                            LinkHandlers handlers) {
  auto link = std::unique_ptr<Link>(new Link(std::make_unique<Parts>()));
  link->parts_->handlers = std::move(handlers);
  link->parts_->subject = subject;
  auto const options = TRY(link->parts_->options(address, name));
  TRY(link->parts_->open(options.get()));
  return link;
}

Result<void> Link::publish(std::string_view bytes) {
  return check(natsConnection_Publish(parts_->connection.get(), parts_->subject.c_str(), bytes.data(),
                                      static_cast<int>(bytes.size())));
}

void Link::flush() { std::ignore = natsConnection_FlushTimeout(parts_->connection.get(), kFlushMs); }

std::size_t Link::max_bytes() const {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, natsConnection_GetMaxPayload(parts_->connection.get())));
}

}  // namespace parlance::nats
