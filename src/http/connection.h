#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/task.h"
#include "http/body_pipe.h"
#include "http/request_parser.h"
#include "http/response.h"
#include "http/socket.h"
#include "http/worker.h"

namespace parlance::http {

/// One client's HTTP/1.1 connection: reads requests one after the other, has each handled, and answers in order. What a
/// client pipelines waits, in part here and in part in its socket. While idle it holds no buffer.
class Connection final : public Peer, private TimerWheel::Timer {
 public:
  static void start(Worker& worker, Socket socket, std::string remote_address);

  Connection(Worker& worker, Socket socket, std::string remote_address);
  ~Connection() override;

  void on_readable() override;
  void on_writable() override;
  void begin_shutdown() override;
  void abort() override { close(); }

 private:
  enum class Phase : std::uint8_t {
    idle,       ///< between requests
    head,       ///< some of a request's head has come
    body,       ///< its body is being read
    handling,   ///< its handler runs; a streamed body may still be read
    sending,    ///< its reply is on the way
    switching,  ///< the reply turns this into a stream or a WebSocket
    lingering,  ///< all is sent; what the client still sends is thrown away, so that no reset eats the reply
    closed,
  };

  /// The request that is being read. Absent between requests.
  struct Incoming {
    std::shared_ptr<Request> request;
    std::unique_ptr<RequestParser> parser;
    std::string piece;  // of a streamed body
  };

  // connection_read.cc: from bytes to requests.
  void turn(std::string_view fresh);
  void process(std::string_view& input);
  bool may_process() const;
  void start_request();
  void on_head();
  void start_body(bool is_streamed);
  void on_request_end();
  void on_parse_failure();
  void push_piece();
  void on_input_end();
  bool wants_input() const;
  bool is_streaming_body() const { return phase_ == Phase::handling && pipe_ != nullptr; }

  // connection.cc: life, time, replies.
  void dispatch();
  void refuse_and_close(Rejection rejection);
  static Task<void> serve(std::shared_ptr<Connection> self, std::shared_ptr<Request> request);
  void respond(Request const& request, Response response);
  void queue_body(Response response);
  bool flush();
  bool write_output();
  bool refill_from_file();
  bool advance();
  void settle();
  void arm_for_phase();
  void hand_off();
  void finish();
  void discard_input();
  void close();
  void on_timer() override;
  void give_up_body(Error error);
  std::shared_ptr<Connection> self() { return std::static_pointer_cast<Connection>(shared_from_this()); }

  Socket socket_;
  ConnectionPlace place_;
  std::string remote_address_;
  std::string input_;   // read and not yet consumed
  std::string output_;  // replies not yet given to the socket
  OutgoingQueue queue_;
  std::unique_ptr<Incoming> incoming_;
  std::shared_ptr<BodyPipe> pipe_;  // while a streamed body is being read
  std::unique_ptr<FileBody> file_;
  std::unique_ptr<Response> live_;  // while switching
  Phase phase_ = Phase::idle;
  bool keeps_alive_ = true;
  bool is_modern_ = true;
  bool must_linger_ = false;  // the client is still sending what nobody will read
  bool is_turning_ = false;
  bool waits_to_read_ = false;
  bool waits_to_write_ = false;
};

}  // namespace parlance::http
