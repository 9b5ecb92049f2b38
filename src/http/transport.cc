#include "http/transport.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace parlance::http {
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int descriptor) : descriptor_(descriptor) {}

  IoResult read(std::span<char> into) override {
    while (true) {
      auto const count = ::recv(descriptor_, into.data(), into.size(), 0);
      if (count > 0) return {IoStatus::done, static_cast<std::size_t>(count)};
      if (count == 0) return {IoStatus::ended};
      if (errno != EINTR) return {is_temporary() ? IoStatus::would_block : IoStatus::failed};
    }
  }

  IoResult write(std::span<iovec const> pieces) override {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    while (true) {
      auto const count = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
      if (count >= 0) return {IoStatus::done, static_cast<std::size_t>(count)};
      if (errno != EINTR) return {is_temporary() ? IoStatus::would_block : IoStatus::failed};
    }
  }

  void end_writes() override { ::shutdown(descriptor_, SHUT_WR); }
  bool is_secure() const override { return false; }

 private:
  static bool is_temporary() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS; }

  int descriptor_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(int descriptor) { return std::make_unique<PlainTransport>(descriptor); }

}  // namespace parlance::http
