// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/call.hpp"
#include "daemon/api/daemon.hpp"
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace isag::api {

// What is to be said of a sandbox's network at its end, worked out once, whoever is there to hear it: what was learned
// is written to the file without a client too.
struct Farewell {
    std::optional<proto::net::Summary> summary;  // once it is worked out
    Event ready;
};

// Begins to wait for the sandbox's end. The environment is that of whoever started it.
void prepare_farewell(Daemon& daemon, std::shared_ptr<sandbox::Sandbox> sandbox, config::Config config,
                      Environment environment);
// The same for one that an earlier isagd started, by its isag.yaml as it is now and isagd's own environment.
void prepare_farewell(Daemon& daemon, std::shared_ptr<sandbox::Sandbox> sandbox);
// Tells the client, where there is something to tell. After the sandbox's end.
boost::asio::awaitable<void> tell_farewell(Daemon& daemon, Call& call, const sandbox::Sandbox& sandbox);

}  // namespace isag::api
