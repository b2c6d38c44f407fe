// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/net_change.hpp"

namespace isag {

Syntax net_allow_syntax() {
    return {.command = "net allow",
            .summary =
                "Lets a running sandbox connect to a name, from its next connection on.\n"
                "DOMAIN is example.com, or *.example.com for every name below it, each with :port or :port,port.\n"
                "NAME is the sandbox's or a unique prefix; left out, the one running sandbox of the configuration.",
            .operands = "DOMAIN[:PORT] [NAME]",
            .kind = Operands::any,
            .options = net_change_options(),
            .examples = {"isag net allow example.com", "isag net allow '*.example.com:443' web --for 10m",
                         "isag net allow example.com --save"}};
}

int net_allow_run(const Context& context, const Arguments& arguments) { return net_change(context, arguments, true); }

}  // namespace isag
