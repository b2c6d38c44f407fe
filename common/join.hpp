// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/flow.hpp"

namespace isag {

// Both directions of two connections that are to be one, each until its sender's end, which is passed on. Returns when
// both are done, or one of the connections is broken or it is cancelled: the peers then see a reset, as they do where
// our process is killed. `room` outlives it.
boost::asio::awaitable<void> join(Stream one, Stream other, FlowRoom& room);

}  // namespace isag
