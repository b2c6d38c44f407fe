// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/net_change.hpp"

namespace isag {

Syntax net_deny_syntax() {
    return {.command = "net deny",
            .summary =
                "Forbids a running sandbox a name, and cuts its open connections there.\n"
                "DOMAIN is as for 'isag net allow'; with --save its entry is removed from the file.",
            .operands = "DOMAIN[:PORT] [NAME]",
            .kind = Operands::any,
            .options = net_change_options(),
            .examples = {"isag net deny example.com", "isag net deny '*.example.com' web --for 1h",
                         "isag net deny pypi.org --save"}};
}

int net_deny_run(const Context& context, const Arguments& arguments) { return net_change(context, arguments, false); }

}  // namespace isag
