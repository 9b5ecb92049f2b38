#include "http/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "http/connection.h"

namespace parlance::http {
namespace {

constexpr std::chrono::milliseconds kAcceptPause{200};

std::string address_text(sockaddr_storage const& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in const&>(address).sin_addr, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6 const&>(address).sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace

Peer::Peer(Worker& worker) : worker_(&worker), next_(worker.peers_) {
  if (next_ != nullptr) next_->previous_ = this;
  worker.peers_ = this;
  ++worker.peer_count_;
}

void Peer::release() {
  if (!is_listed_) return;
  is_listed_ = false;
  if (next_ != nullptr) next_->previous_ = previous_;
  (previous_ != nullptr ? previous_->next_ : worker_->peers_) = next_;
  --worker_->peer_count_;
}

ServerShared::ServerShared(ServerOptions settings, Router const& routes, Pipeline const& way, Metrics& registry)
    : options(std::move(settings)),
      router(routes),
      pipeline(way),
      metrics(registry),
      open_connections(registry.gauge("parlance_http_open_connections", "Connections that are open, streams included")),
      received_bytes(registry.counter("parlance_http_received_bytes_total", "Bytes from clients")),
      sent_bytes(registry.counter("parlance_http_sent_bytes_total", "Bytes to clients")),
      refused_connections(
          registry.counter("parlance_http_refused_connections_total", "Connections over the limit, answered 503")) {}

void ReturnPlace::operator()(ServerShared* shared) const {
  shared->connections.fetch_sub(1, std::memory_order_relaxed);
  shared->open_connections.Decrement();
}

ConnectionPlace take_place(ServerShared& shared) {
  shared.connections.fetch_add(1, std::memory_order_relaxed);
  shared.open_connections.Increment();
  return ConnectionPlace(&shared);
}

void Worker::listen(int descriptor) {
  listener_ = io_.watch(descriptor);
  listener_->wait_readable(shared_from_this());
}

void Worker::on_readable() {
  if (is_stopping_) return;
  while (true) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    int const descriptor =
        ::accept4(listener_->descriptor(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      accept(descriptor, address_text(address));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return pause_accepting();
    }
  }
  listener_->wait_readable(shared_from_this());
}

void Worker::pause_accepting() {
  io_.call_after(kAcceptPause, [self = shared_from_this()] { self->on_readable(); });
}

void Worker::accept(int descriptor, std::string remote_address) {
  if (shared_.connections.load(std::memory_order_relaxed) >= options().limits.connections) return refuse(descriptor);
  int const on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto transport = shared_.tls ? shared_.tls->wrap(descriptor) : plain_transport(descriptor);
  Connection::start(*this, Socket(io_.watch(descriptor), std::move(transport)), std::move(remote_address));
}

void Worker::refuse(int descriptor) {
  shared_.refused_connections.Increment();
  if (!shared_.tls) {
    constexpr std::string_view kReply =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    [[maybe_unused]] auto const sent = ::send(descriptor, kReply.data(), kReply.size(), MSG_NOSIGNAL);
  }
  ::close(descriptor);
}

void Worker::begin_shutdown() {
  is_stopping_ = true;
  if (listener_) listener_->close();
  for (auto const& peer : all_peers()) peer->begin_shutdown();
}

void Worker::abort_all() {
  for (auto const& peer : all_peers()) peer->abort();
  listener_.reset();
}

/// Held, since ending one may end another: a goodbye to a queue that is full.
std::vector<std::shared_ptr<Peer>> Worker::all_peers() const {
  std::vector<std::shared_ptr<Peer>> all;
  all.reserve(peer_count_);
  for (Peer* peer = peers_; peer != nullptr; peer = peer->next_) {
    if (auto held = peer->weak_from_this().lock()) all.push_back(std::move(held));
  }
  return all;
}

Gauge& Worker::open_streams(std::string_view kind) {
  auto found = gauges_.find(kind);
  if (found == gauges_.end()) {
    auto& gauge = shared_.metrics.gauge("parlance_http_open_streams", "Live streams and WebSockets that are open",
                                        {{"kind", std::string(kind)}});
    found = gauges_.emplace(kind, &gauge).first;
  }
  return *found->second;
}

void Worker::count_close(std::string_view kind, CloseReason reason) {
  shared_.metrics
      .counter("parlance_http_stream_closes_total",
               "Live streams that ended, by reason; slow_reader is a queue overflow",
               {{"kind", std::string(kind)}, {"reason", std::string(name_of(reason))}})
      .Increment();
}

}  // namespace parlance::http
