#include "dialects/centrifugo/codes.h"

#include <gtest/gtest.h>

namespace parlance::centrifugo {
namespace {

TEST(FaultOf, GivesEveryErrorANumber) {
  struct Row {
    Errc code;
    int number;
    bool is_temporary;
  };
  for (auto const& row :
       {Row{Errc::invalid_argument, 107, false}, Row{Errc::unauthenticated, 101, false},
        Row{Errc::forbidden, 103, false}, Row{Errc::not_found, 404, false}, Row{Errc::conflict, 409, false},
        Row{Errc::idempotency_mismatch, 422, false}, Row{Errc::payload_too_large, 413, false},
        Row{Errc::unsupported_media, 415, false}, Row{Errc::rate_limited, 111, true}, Row{Errc::gone, 410, false},
        Row{Errc::unavailable, 100, true}, Row{Errc::internal, 100, true}}) {
    auto const fault = fault_of({row.code, "why", {}, 0});
    EXPECT_EQ(fault.code, row.number);
    EXPECT_EQ(fault.is_temporary, row.is_temporary);
  }
}

TEST(Faults, HaveTheProtocolsNumbers) {
  EXPECT_EQ(faults::internal().code, 100);
  EXPECT_EQ(faults::unknown_channel().code, 102);
  EXPECT_EQ(faults::method_not_found().code, 104);
  EXPECT_EQ(faults::token_expired().code, 109);
  EXPECT_EQ(faults::unrecoverable_position().code, 112);
}

TEST(Disconnects, SayByTheirRangeWhetherToComeBack) {
  for (auto const& why : {disconnects::shutdown(), disconnects::expired(), disconnects::slow(), disconnects::no_pong(),
                          disconnects::insufficient_state(), disconnects::too_many_requests()})
    EXPECT_TRUE(why.code >= 3000 && why.code < 3500) << why.code;
  for (auto const& why :
       {disconnects::invalid_token(), disconnects::bad_request(), disconnects::stale(), disconnects::connection_limit(),
        disconnects::inappropriate_protocol(), disconnects::permission_denied()})
    EXPECT_TRUE(why.code >= 3500 && why.code < 4000) << why.code;
}

}  // namespace
}  // namespace parlance::centrifugo
