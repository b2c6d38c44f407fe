// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/daemon.hpp"
#include "common/log_error.hpp"
#include <unistd.h>

namespace isag::api {

Daemon::Daemon(boost::asio::any_io_executor executor, Directories where, Environment variables,
               std::filesystem::path init_program)
    : directories(std::move(where)),
      environment(std::move(variables)),
      person{::getuid(), ::getgid()},
      engine("auto", environment, directories),
      records(directories.state),
      registry(executor, sandbox::Host{directories, engine, records, std::move(init_program)}),
      background(executor, log_unless_cancelled) {}

}  // namespace isag::api
