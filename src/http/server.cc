#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <future>
#include <thread>
#include <utility>

#include "http/worker.h"

namespace parlance::http {
namespace {

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kDrainPoll{5};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<Address> parse_address(std::string host, std::uint16_t port) {
  if (host == "localhost") host = "127.0.0.1";
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof v4;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
  } else {
    return invalid("listen", "listen must begin with an IPv4 or IPv6 address, or localhost; not \"" + host + "\"");
  }
  return address;
}

enum class Sharing { exclusive, with_own_threads };

Result<OwnedDescriptor> bind_socket(Address const& address, Sharing sharing) {
  OwnedDescriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  int const on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (sharing == Sharing::with_own_threads) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  bool const is_bound = ::bind(socket.get(), reinterpret_cast<sockaddr const*>(&address.storage), address.size) == 0 &&
                        ::listen(socket.get(), kBacklog) == 0;
  if (!is_bound) return fail(Errc::unavailable, std::string("cannot listen: ") + std::strerror(errno));
  return socket;
}

std::uint16_t bound_port(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  // The port lies at the same place in both families.
  return ntohs(reinterpret_cast<sockaddr_in const&>(address).sin_port);
}

class ReusePortServer final : public Server {
 public:
  ReusePortServer(Options options, Router const& router, Pipeline const& pipeline, Metrics& metrics, Address address,
                  std::shared_ptr<TlsContext> tls)
      : shared_(std::move(options), router, pipeline, metrics), address_(address) {
    shared_.tls = std::move(tls);
    int const asked = shared_.options.io_threads;
    auto const count = asked > 0 ? static_cast<unsigned>(asked) : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
      threads_.push_back(IoThread::create());
      workers_.push_back(std::make_shared<Worker>(shared_, *threads_.back()));
    }
  }

  ~ReusePortServer() override {
    if (!ReusePortServer::stop()) join();
    threads_.clear();  // Before the workers that their last actions refer to.
  }

  Result<void> start() override {
    // SO_REUSEPORT would let a second server of the same user share the port unnoticed; an exclusive bind tells.
    {
      TRY(bind_socket(address_, Sharing::exclusive));
    }
    std::vector<OwnedDescriptor> sockets;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      sockets.push_back(TRY(bind_socket(address_, Sharing::with_own_threads)));
      port_ = bound_port(sockets.back().get());
      reinterpret_cast<sockaddr_in&>(address_.storage).sin_port = htons(port_);
    }
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      threads_[i]->post([worker = workers_[i], descriptor = sockets[i].release()] { worker->listen(descriptor); });
      running_.emplace_back([io = threads_[i].get()] { io->run(); });
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

  std::vector<Executor*> executors() const override {
    std::vector<Executor*> all;
    for (auto const& thread : threads_) all.push_back(thread.get());
    return all;
  }

  void drain(std::chrono::milliseconds patience) override {
    if (running_.empty() || std::exchange(is_drained_, true)) return;
    auto const deadline = Clock::now() + patience;
    on_every_worker(deadline, [](Worker& worker) { worker.begin_shutdown(); });
    while (Clock::now() < deadline && peer_count() > 0) std::this_thread::sleep_for(kDrainPoll);
    on_every_worker(soon(), [](Worker& worker) { worker.abort_all(); });
  }

  bool stop() override {
    if (running_.empty()) return true;
    ReusePortServer::drain(std::chrono::milliseconds(0));
    // Comes after all that was posted before.
    if (!on_every_worker(soon(), [](Worker&) {})) return false;
    join();
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void join() {
    for (auto const& thread : threads_) thread->stop();
    for (auto& thread : running_) thread.join();
    running_.clear();
  }

  Clock::time_point soon() const { return Clock::now() + shared_.options.timeouts.held_up; }

  std::size_t peer_count() const {
    std::size_t count = 0;
    for (auto const& worker : workers_) count += worker->peer_count();
    return count;
  }

  /// Runs `action` on each worker's own thread and waits for all until `deadline`: a thread may be held up. False where
  /// one has not come to it by then; it comes to it after what holds it up.
  template <typename Action>
  bool on_every_worker(Clock::time_point deadline, Action action) {
    std::vector<std::future<void>> done;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      auto promise = std::make_shared<std::promise<void>>();
      done.push_back(promise->get_future());
      threads_[i]->post([worker = workers_[i], promise, action] {
        action(*worker);
        promise->set_value();
      });
    }
    return std::ranges::all_of(
        done, [&](auto const& each) { return each.wait_until(deadline) == std::future_status::ready; });
  }

  ServerShared shared_;
  Address address_;
  std::uint16_t port_ = 0;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<std::thread> running_;
  bool is_drained_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::create(Options options, Router const& router, Pipeline const& pipeline,
                                               Metrics& metrics) {
  auto const address = TRY(parse_address(options.host, options.port));
  std::shared_ptr<TlsContext> tls;
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return invalid("tls_cert", "a TLS certificate and its key go together");
  }
  if (!options.tls_certificate.empty()) {
    tls = TRY(TlsContext::load(options.tls_certificate, options.tls_key));
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL.
  }
  return std::make_unique<ReusePortServer>(std::move(options), router, pipeline, metrics, address, std::move(tls));
}

}  // namespace parlance::http
