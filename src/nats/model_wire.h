#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/event.h"
#include "realtime/signal.h"

/// Events and signals in base/packed.h's form. The numbers of fields are never used again for anything else, so that
/// nodes of neighbouring versions understand each other while they are replaced one by one.
namespace parlance::nats {

std::string pack(model::LiveEvent const& live);
std::string pack(realtime::Signal const& signal);

/// Empty where the bytes make no sense, or say something that this version does not know: another kind of event.
std::optional<model::LiveEvent> unpack_event(std::string_view bytes);
std::optional<realtime::Signal> unpack_signal(std::string_view bytes);

}  // namespace parlance::nats
