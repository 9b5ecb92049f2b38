#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <deque>
#include <string_view>

#include "storage/postgres/errors.h"
#include "storage/postgres/parameters.h"

namespace parlance::storage::postgres {

/// What came of all that was outstanding.
struct Settled {
  bool failed = false;
  Answer answer;         ///< to the first statement that failed, else to the last one; null where none came
  std::string_view sql;  ///< of that statement
};

/// The statements that a connection has on their way, in libpq's pipeline mode: what is sent lies in a buffer and goes
/// out together with what is sent after it. The server answers in order; after a statement that fails it skips the
/// rest of the section, which end_section() and settle() end. One thread.
///
/// The texts are not copied and must stay where they are until the statement is settled. Whoever sends gets false
/// where libpq takes nothing: the connection is lost or the call is wrong.
class Pipeline {
 public:
  /// Goes on with another connection, in no mode yet, or none, and forgets what is outstanding on the old one.
  void start(PGconn* connection);

  bool send(std::string_view sql, char const* prepared_name, Parameters const& parameters);
  /// A statement without parameters, such as BEGIN.
  bool send(char const* sql);
  bool send_prepare(char const* name, char const* sql, Parameters const& types);

  /// Sends the section on its way without waiting for its answers.
  bool end_section();

  /// Ends the section and waits for all the answers.
  Settled settle();

  /// No connection, or one whose answers did not come.
  bool is_lost() const { return answers_missing_ || PQstatus(connection_) == CONNECTION_BAD; }

  /// Statements whose answers have not been read.
  std::size_t outstanding() const { return outstanding_; }

  /// Runs any number of statements without parameters, with nothing else outstanding.
  Answer run_script(char const* sql);

 private:
  bool note(int taken, std::string_view sql);
  void read_answers(Settled& settled);

  PGconn* connection_ = nullptr;
  std::deque<std::string_view> sent_;  // by their texts; the end of a section has none
  std::size_t outstanding_ = 0;
  bool answers_missing_ = false;
};

}  // namespace parlance::storage::postgres
