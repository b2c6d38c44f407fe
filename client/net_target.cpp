// SPDX-License-Identifier: Apache-2.0
#include "client/net_target.hpp"
#include "client/config_path.hpp"
#include "common/error.hpp"

namespace isag {

proto::Target target_argument(const Context& context, const Arguments& arguments, std::size_t place) {
    const auto& operands = arguments.operands();
    if (operands.size() > place + 1)
        throw Error("unexpected argument '" + operands[place + 1] + "'", "one sandbox at most is named",
                    ErrorKind::usage);
    proto::Target target;
    target.config = config_source(context, arguments);
    if (operands.size() > place) target.name = operands[place];
    return target;
}

std::string first_operand(const Arguments& arguments, const std::string& what, const std::string& example) {
    if (arguments.operands().empty()) throw Error(what + " is missing", "for example: " + example, ErrorKind::usage);
    return arguments.operands().front();
}

}  // namespace isag
