// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "daemon/config/config.hpp"
#include "daemon/sandbox/sandbox.hpp"
#include "proto/net.hpp"
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace isag::api {

// What a person is told of a sandbox's network when its command has ended; where its record says so, what was learned
// is written to the file first, which is read with these variables. Waits a moment for the gate's last events.
boost::asio::awaitable<proto::net::Summary> network_summary(std::shared_ptr<sandbox::Sandbox> sandbox,
                                                            const config::Config& config,
                                                            const Environment& environment);

}  // namespace isag::api
