// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/worker.hpp"
#include "common/eager_run.hpp"
#include "common/error.hpp"
#include "common/task_group.hpp"
#include "daemon/gate/connector.hpp"
#include "daemon/gate/dns_server.hpp"
#include "daemon/gate/line.hpp"
#include "daemon/gate/packet_log.hpp"
#include "daemon/gate/page.hpp"
#include "daemon/gate/relay.hpp"
#include "daemon/gate/resolver.hpp"
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <unistd.h>

namespace asio = boost::asio;

namespace isag::gate {
namespace {

// A worker without one of its parts is worse than none: the next one is there at once.
void end(std::exception_ptr error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& what) {
        std::fprintf(stderr, "isag-gate: the worker ends: %s\n", what.what());
    }
    ::_exit(1);
}

void serve(TaskGroup& tasks, Shared& shared, Relays& relays, Sockets sockets) {
    tasks.spawn(serve_dns_udp(shared, std::move(sockets.dns_udp)));
    tasks.spawn(serve_dns_tcp(shared, std::move(sockets.dns_tcp)));
    if (sockets.dns_udp6) tasks.spawn(serve_dns_udp(shared, std::move(sockets.dns_udp6)));
    if (sockets.dns_tcp6) tasks.spawn(serve_dns_tcp(shared, std::move(sockets.dns_tcp6)));
    tasks.spawn(relays.accept(std::move(sockets.relay)));
    tasks.spawn(read_packet_log(shared, open_packet_log()));
}

}  // namespace

void run_worker(Handover handover) {
    asio::io_context context(1);
    Shared shared{.executor = context.get_executor(),
                  .mark = handover.mark,
                  .policy = {},
                  .names = Names(std::move(handover.names)),
                  .events = {},
                  .learn = false,
                  .resolvers = {},
                  .own_addresses = {},
                  .siblings = {}};
    Resolver resolver(shared);
    Relays relays(shared, resolver);
    relays.set_page([&](std::string_view path) { return page(path, shared); });
    Connector connector(shared, resolver, handover.mode);
    Line line(shared, relays, connector, handover.mode, std::move(handover.socket_path), std::move(handover.settings));
    TaskGroup tasks(context.get_executor(), end);
    if (handover.mode != Mode::open) serve(tasks, shared, relays, std::move(handover.sockets));
    tasks.spawn(line.run());
    tasks.spawn(line.expire());
    run_eagerly(context);
    end(std::make_exception_ptr(Error("there is nothing left to do")));
    ::_exit(1);
}

}  // namespace isag::gate
