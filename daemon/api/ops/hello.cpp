// SPDX-License-Identifier: Apache-2.0
#include "common/version.hpp"
#include "daemon/api/operations.hpp"
#include "proto/protocol.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> hello(Daemon&, CallPtr call) {
    call->reply(proto::to_json(proto::Hello{proto::client_protocol, version}));
    co_return;
}

}  // namespace isag::api
