#pragma once

#include "http/outlet.h"
#include "model/message.h"
#include "realtime/delivery.h"

/// Events and signals as the contract's WebSocket frames: whole RFC 6455 text frames with a flat {"type", …}. What many
/// connections get is encoded once. Any thread.
namespace parlance::chatapi {

/// message, message.updated, message.deleted or ack.received; null for what the contract has no frame for.
http::SharedBuffer event_frame(realtime::Delivery const& delivery);

/// typing, presence.update or notification.
http::SharedBuffer signal_frame(realtime::SignalDelivery const& delivery);

/// The frame `message` for one connection alone: a replay.
http::SharedBuffer message_frame(model::Message const& message);

}  // namespace parlance::chatapi
