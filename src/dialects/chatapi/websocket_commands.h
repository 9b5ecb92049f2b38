#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"

namespace parlance::chatapi {

class Session;

/// One client frame, in either framing: flat {"type", …} or {"type", "data": {…}}.
struct ClientFrame {
  std::string type;
  boost::json::value fields;  ///< of `data` where there is one, else of the frame
  std::string meta;           ///< the text of the field "meta", as written; empty where there is none
  std::string request_id;     ///< of the client's choice, echoed in an error; empty where there is none
};

/// invalid_argument where it is no such frame.
Result<ClientFrame> parse_frame(std::string_view payload);

/// Does what the frame asks for; the answer is what the room's followers get. A `ping` is none of these: it needs no
/// answer.
Task<Result<void>> run_command(Session& session, ClientFrame const& frame);

}  // namespace parlance::chatapi
