// SPDX-License-Identifier: Apache-2.0
#include "client/see_session.hpp"
#include "client/exit_status.hpp"
#include "client/net_summary.hpp"
#include "client/output.hpp"
#include "client/session.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"

namespace isag {

int see_session(const Context& context, Connection connection, Signals& signals, OpenSession open) {
    const bool has_terminal = open.streams.size() == (open.is_main ? 2 : 1);
    if (!has_terminal && open.streams.size() != 3)
        throw Error("isagd sent " + std::to_string(open.streams.size()) + " descriptors");
    const auto size = has_terminal && open.is_main ? SessionLink::SizeOf(terminal_size) : SessionLink::SizeOf();
    SessionLink link(context, std::move(connection), open.session, size);
    const auto end = has_terminal ? run_terminal_session(link, signals, std::move(open.streams), open.session,
                                                         escape_controls(open.sandbox))
                                  : run_pipe_session(link, signals, std::move(open.streams));
    if (!end.exited) {
        const std::string name = escape_controls(open.sandbox);
        print_error("isag: detached from " + name + ", which runs on; 'isag attach " + name + "' comes back\n");
        return 0;
    }
    if (end.network) print_error(net_summary_text(*end.network, open.config));
    return exit_status(*end.exited);
}

}  // namespace isag
